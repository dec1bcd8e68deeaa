// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "attune/kernels/head_array.hpp"

/// The specification of the attention mechanisms: plain loops in double over pointers, strides and sizes. Every faster
/// kernel is tested against this one; it is written to be read, not to be fast.
///
/// The scores (q, k, v are the projected query, key and value of one head):
///   additive         u . tanh(q + k)      Bahdanau, Cho, Bengio 2015, arXiv:1409.0473, appendix A.1.2; b is in q or k
///   dot              q . k                Luong, Pham, Manning 2015, arXiv:1508.04025, section 3.1
///   multiplicative   q . W k              the same, "general"
///   scaled_dot       q . k * scale        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1
///
/// For row b, head h, query i, over the keys j that i may attend to:
///   weight(i, j)     = exp(score(i, j)) / sum over j' of exp(score(i, j'))      0 where i may not attend
///   context(i)       = gate(h) * sum over j of dropout(i, j) * weight(i, j) * v(j)
///   log_sum_exp(i)   = ln of the sum over j of exp(score(i, j))
///   entropy(i)       = -sum over j of weight(i, j) * ln weight(i, j)            in nats; 0 ln 0 = 0
///   received(j)      = sum over i of weight(i, j)
/// Query head h reads key head h / (H / Hkv). Weights, entropy and received mass are those before dropout and gates.
///
/// Masks: true = may attend; causal and boolean together: both must allow. Causal is aligned bottom-right, query i of
/// Tq may attend to key j of Tk when j <= i + Tk - Tq:
///
///   Tq = 2, Tk = 4     Tq = 3, Tk = 3     Tq = 4, Tk = 2
///   1 1 1 0            1 0 0              0 0    <- may attend to nothing
///   1 1 1 1            1 1 0              0 0    <- may attend to nothing
///                      1 1 1              1 0
///                                         1 1
///
/// A query that may attend to nothing: context 0, log_sum_exp -infinity, entropy 0, weights 0, gradients 0. What stands
/// where nothing may attend (padding, NaN) is never read.
namespace attune::reference {

enum class Score { kAdditive, kDot, kMultiplicative, kScaledDot };

struct AttentionSizes {
  int64_t B = 0;    ///< rows
  int64_t H = 1;    ///< query heads
  int64_t Hkv = 1;  ///< key heads; divides H
  int64_t D = 1;    ///< width of a query and a key per head (for additive: A, the hidden width)
  int64_t Dv = 1;   ///< width of a value per head
};

/// Nq = query_offsets[B] and Nk = key_offsets[B] are the numbers of tokens. Arrays without strides are contiguous.
///
/// "Per pair" below means: one number for every row b, head h, query i and key j, stored as [heads, Tq, Tk] of row 0,
/// then of row 1, and so on, without padding; pair_index() gives the place. H heads unless said otherwise.
struct AttentionInputs {
  Score score = Score::kScaledDot;
  AttentionSizes sizes;

  HeadArray<const double> query;           ///< [Nq, H, D]
  HeadArray<const double> key;             ///< [Nk, Hkv, D]
  HeadArray<const double> value;           ///< [Nk, Hkv, Dv]
  const int64_t* query_offsets = nullptr;  ///< [B+1]: row b owns tokens offsets[b] to offsets[b+1]; rows may be empty
  const int64_t* key_offsets = nullptr;    ///< [B+1]

  const double* u = nullptr;         ///< [H, D], additive and no other
  const double* matrix = nullptr;    ///< W, [H, D, D], multiplicative and no other: score = q_a W[a][c] k_c
  std::optional<double> scale = {};  ///< scaled_dot and no other; none: 1 / sqrt(D)

  bool causal = false;
  const uint8_t* mask = nullptr;    ///< per pair, of mask_heads heads; nonzero = may attend; null: all may
  int64_t mask_heads = 1;           ///< 1 (the same for every head) or H
  const double* dropout = nullptr;  ///< per pair: the multiplier of the weight (0 or 1 / keep); null: none
  /// Per pair: an intervention that takes the place of the softmax's weights. Where a mask forbids, the weight stays 0.
  /// Not normalised here. log_sum_exp remains that of the scores; query, key, u and W get no gradient.
  const double* given_weights = nullptr;
  const double* head_gate = nullptr;  ///< [H]: multiplier of a head's context; null: 1
};

/// Null: not wanted. Everything wanted is overwritten.
struct AttentionOutputs {
  HeadArray<double> context;      ///< [Nq, H, Dv]
  double* log_sum_exp = nullptr;  ///< [Nq, H]
  double* entropy = nullptr;      ///< [Nq, H]
  double* received = nullptr;     ///< [Nk, H], by query head
  double* weights = nullptr;      ///< per pair
};

/// Null: not wanted. Everything wanted is overwritten.
struct AttentionGradients {
  HeadArray<double> query;      ///< [Nq, H, D]
  HeadArray<double> key;        ///< [Nk, Hkv, D]: the sum over the query heads that read the key head
  HeadArray<double> value;      ///< [Nk, Hkv, Dv]
  double* u = nullptr;          ///< [H, D], additive
  double* matrix = nullptr;     ///< [H, D, D], multiplicative
  double* head_gate = nullptr;  ///< [H], at the gates given (1 without)
};

/// The place in a per-pair array of `heads` heads. row = B, the rest 0: the size of the whole array.
[[nodiscard]] int64_t pair_index(const AttentionInputs& in, int64_t heads, int64_t row, int64_t head, int64_t query,
                                 int64_t key);

/// @throws ShapeError for sizes or offsets that contradict each other; UsageError for a parameter that is missing or
/// does not belong to the score, each naming it. Thread-safe.
void attention(const AttentionInputs& in, const AttentionOutputs& out);

/// The gradients of sum(context * d_context), in closed form, with the weights computed again. The other outputs are
/// reports, not differentiated. Let p = weight, g = gate(h), m = dropout:
///   d_value(j)     = sum over i of g m(i, j) p(i, j) d_context(i)
///   d_weight(i, j) = g m(i, j) d_context(i) . v(j)
///   d_score(i, j)  = p(i, j) (d_weight(i, j) - sum over j' of p(i, j') d_weight(i, j'))
/// and from there by score, summed over pairs:
///   additive         d_q = d_k = d_score u (1 - t^2), d_u = d_score t, with t = tanh(q + k)
///   dot, scaled_dot  d_q = d_score k * scale, d_k = d_score q * scale
///   multiplicative   d_q = d_score W k, d_k = d_score W^T q, d_W = d_score q k^T
/// @param d_context [Nq, H, Dv]. @throws as attention().
void attention_backward(const AttentionInputs& in, const HeadArray<const double>& d_context,
                        const AttentionGradients& gradients);

}  // namespace attune::reference
