// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "attune/core/executor.hpp"
#include "attune/core/random.hpp"
#include "attune/kernels/head_array.hpp"

/// Fused attention in float32: scores, masks, softmax and weighted sum tile by tile, in memory that grows with the
/// number of tokens and not with its square. What is computed, and what masks mean, is specified by
/// attune/kernels/reference/attention.hpp.
///
///   additive     Bahdanau, Cho, Bengio 2015, arXiv:1409.0473
///   scaled_dot   Vaswani et al. 2017, arXiv:1706.03762; with scale 1 the dot score of Luong, Pham, Manning 2015,
///                arXiv:1508.04025, with the query multiplied by W beforehand their "general" one
///   algorithm    online softmax: Milakov, Gimelshein 2018, arXiv:1805.02867; tiles and the recomputation in the
///                backward pass: Dao et al. 2022, arXiv:2205.14135
///
/// Numerics. Scores of the additive kind are off by at most 1e-6 * sum |u|, up to a width of 512. Contexts and
/// gradients are off by at most twice what the plain composition in float32 is, and by what the scores' errors and a
/// few roundings of weights and sums amount to: tests/kernels/cpu_expectation.hpp derives it. No NaN for finite input
/// whose scores, queries times their scale, and sums of a row's |values| stay within 1e37; NaN in the input gives NaN
/// in every result that depends on it. What stands beyond a row's ends is never read; within a row a forbidden key or
/// value must be finite, as its weight 0 is multiplied with it.
///
/// The same bits for every number of threads, with statistics asked for or not. A row's results are the same in any
/// batch, but for the last bits of the queries' gradients in rows of 1024 keys and more, whose blocks depend on how
/// many rows there are. Other instruction sets (isa.hpp) give other last bits.
namespace attune::cpu {

enum class Score { kAdditive, kScaledDot };

struct AttentionSizes {
  int64_t B = 0;    ///< rows
  int64_t H = 1;    ///< query heads
  int64_t Hkv = 1;  ///< key heads; divides H, query head h reads key head h / (H / Hkv)
  int64_t D = 1;    ///< width of a query and a key per head (for additive: A, the hidden width)
  int64_t Dv = 1;   ///< width of a value per head
};

/// Which query may attend to which key, [B, 1 or H, Tq, Tk] by strides in bytes (0: the same for all). Any nonzero byte
/// is "may attend".
struct BooleanMask {
  const uint8_t* data = nullptr;  ///< null: all may
  int64_t row_stride = 0, head_stride = 0, query_stride = 0, key_stride = 0;
};

/// Dropout on the weights. Element (head, query, key) of row b, counted (head * Tq + query) * Tk + key in its own
/// lengths, is dropped by that element of RandomKey::fill_dropout of the key with the row's id.
struct Dropout {
  double rate = 0;  ///< [0, 1); kept weights are divided by 1 - rate
  RandomKey key = {};
  const int64_t* row_ids = nullptr;  ///< [B]; null: 0 .. B-1
};

struct AttentionInputs {
  Score score = Score::kScaledDot;
  AttentionSizes sizes;

  HeadArray<const float> query;            ///< [Nq, H, D]
  HeadArray<const float> key;              ///< [Nk, Hkv, D]
  HeadArray<const float> value;            ///< [Nk, Hkv, Dv]
  const int64_t* query_offsets = nullptr;  ///< [B+1]: row b owns tokens offsets[b] to offsets[b+1]; rows may be empty
  const int64_t* key_offsets = nullptr;    ///< [B+1]

  const float* u = nullptr;  ///< [H, D], additive
  float scale = 1;           ///< of the products, scaled_dot

  bool causal = false;  ///< bottom-right: query i sees key j <= i + Tk - Tq
  BooleanMask mask = {};
  Dropout dropout = {};
};

/// Null: not wanted. Everything wanted is overwritten.
struct AttentionOutputs {
  HeadArray<float> context;           ///< [Nq, H, Dv]
  HeadArray<float> log_sum_exp = {};  ///< [Nq, H, 1]; -infinity where a query may attend to nothing
  HeadArray<float> entropy = {};      ///< [Nq, H, 1], in nats; 0 where a query may attend to nothing
  /// [Nq, H, 1]: what float32 leaves out of log_sum_exp, which attention_backward() needs of large scores
  HeadArray<float> log_sum_exp_remainder = {};
};

/// @param executor runs the tiles; null: the calling thread
/// @throws ShapeError for sizes or offsets that contradict each other, UsageError for an array that is missing, naming
/// it; std::bad_alloc. Thread-safe.
void attention(const AttentionInputs& in, const AttentionOutputs& out, Executor* executor = nullptr);

/// What the backward pass takes over from the forward pass.
struct ForwardResult {
  HeadArray<const float> context;      ///< [Nq, H, Dv]
  HeadArray<const float> log_sum_exp;  ///< [Nq, H, 1]
  /// [Nq, H, 1]; null: 0, with which the weights of scores about s are off by s / 2^24 of themselves
  HeadArray<const float> log_sum_exp_remainder = {};
};

/// All are overwritten. Null: not wanted.
struct AttentionGradients {
  HeadArray<float> query = {};  ///< [Nq, H, D]
  HeadArray<float> key = {};    ///< [Nk, Hkv, D]: the sum over the query heads that read the key head
  HeadArray<float> value = {};  ///< [Nk, Hkv, Dv]
  float* u = nullptr;           ///< [H, D], additive and no other
};

/// The gradients of sum(context * d_context). Weights are computed again from the log-sum-exp, and dropout drawn again.
/// @param d_context [Nq, H, Dv]. @throws as attention().
void attention_backward(const AttentionInputs& in, const ForwardResult& forward,
                        const HeadArray<const float>& d_context, const AttentionGradients& gradients,
                        Executor* executor = nullptr);

}  // namespace attune::cpu
