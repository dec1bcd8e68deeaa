// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/ops/allocation.hpp"
#include "attune/ops/kernels.hpp"

namespace attune {

class PackedKeys;  // of attune/ops/keys.hpp

/// The arguments that the position-allocating mechanisms share, in one of two forms:
///
///            packed (offsets given)               dense
///   query    [Nq, H, D]                           [B, H, Tq, D]     D is A for additive attention
///   key      [Nk, Hkv, D]                         [B, Hkv, Tk, D]   Hkv divides H: head h reads key head h / (H / Hkv)
///   value    [Nk, Hkv, Dv]                        [B, Hkv, Tk, Dv]
///   mask     [B, 1 or H, longest Tq, longest Tk]  [B, 1 or H, Tq, Tk]   bool, true = may attend
///
/// Packed: the tokens of all rows one after another; row b owns tokens offsets[b] to offsets[b + 1] (int64, on the
/// CPU). Any strides; floating types; all of one type, on the CPU. Zero rows, zero tokens and rows without tokens are
/// valid.
///
/// A query may attend to what both `causal` and `mask` allow. `causal` is aligned bottom-right: query i sees key
/// j <= i + Tk - Tq, so that the last query always sees the last key:
///
///     Tq = Tk = 3    Tq = 2, Tk = 4    Tq = 4, Tk = 2
///       1 0 0           1 1 1 0             0 0
///       1 1 0           1 1 1 1             0 0
///       1 1 1                               1 0
///                                           1 1
///
/// A query that may attend to nothing gets context 0, log-sum-exp -inf, entropy 0, and passes no gradient on.
///
/// Not finite numbers: no row reaches another row, packed or dense, and packed rows have no padding that could be read.
/// Within a row, what `mask` or `causal` forbid must be finite all the same: its weight is exactly 0, but 0 * NaN is
/// NaN. A forbidden key that is not finite spoils the gradients, a forbidden value also the context.
struct AttentionInputs {
  Tensor query;
  Tensor key;
  Tensor value;
  Tensor query_offsets = {};  ///< [B+1] int64; undefined: dense
  Tensor key_offsets = {};    ///< [B+1] int64; undefined: dense
  Tensor mask = {};
  bool causal = false;
  std::shared_ptr<const PackedKeys> packed_keys = {};  ///< of `key`, by attend_to(); none: kernels pack in each call
};

/// Dropout on the weights. Element (head, query, key) of a row is a function of (key, row id, the row's lengths, its
/// place in that row) alone, whatever else stands in the batch.
struct AttentionDropout {
  double rate = 0.0;    ///< share of weights set to 0, in [0, 1); the others are divided by 1 - rate
  RandomKey key = {};   ///< of the step and the site
  Tensor row_ids = {};  ///< [B] int64, also of permuted weights; undefined: 0 .. B-1
};

struct AttentionOptions {
  Wanted wanted = {};
  AttentionDropout dropout = {};
  Intervention intervention = {};
  Kernels kernels = Kernels::kAutomatic;
  Executor* executor = nullptr;  ///< runs the fused kernels' tiles, the backward pass's as well, and must outlive it;
                                 ///< null: the calling thread
};

/// Why the fused kernels cannot do a call alone, a clause a reason ("the numbers are not float32"); empty: they can.
/// With Kernels::kAutomatic they compute the context even when weights are wanted, which are then composed beside them:
/// asking changes no bit of the context.
[[nodiscard]] std::vector<std::string> fused_kernel_refusals(const AttentionInputs& in,
                                                             const AttentionOptions& options = {});

/// score(i, j) = u . tanh(q_i + k_j), weights = softmax over j, context = weights * v.
/// Bahdanau, Cho, Bengio 2015, arXiv:1409.0473, appendix A.1.2 (q and k are the projected W_q s and W_k h, biases
/// included).
///   u  [H, A]
/// @throws ShapeError, TypeError naming the argument, the expected symbolic shape and the actual one; UsageError for a
/// dropout rate outside [0, 1) and for given weights that are not to be taken. Thread-safe; keeps no reference. The
/// same holds for the functions below.
[[nodiscard]] Allocation additive_attention(const AttentionInputs& in, const Tensor& u,
                                            const AttentionOptions& options = {});

/// score(i, j) = q_i . k_j. Luong, Pham, Manning 2015, arXiv:1508.04025, section 3.1 ("dot").
[[nodiscard]] Allocation dot_attention(const AttentionInputs& in, const AttentionOptions& options = {});

/// score(i, j) = q_i . W k_j. Luong, Pham, Manning 2015, arXiv:1508.04025, section 3.1 ("general").
///   w  [H, D, Dk]: the key's width Dk may differ from the query's D
[[nodiscard]] Allocation multiplicative_attention(const AttentionInputs& in, const Tensor& w,
                                                  const AttentionOptions& options = {});

/// score(i, j) = scale * q_i . k_j, by default scale = 1 / sqrt(D). Vaswani et al. 2017, arXiv:1706.03762,
/// section 3.2.1.
[[nodiscard]] Allocation scaled_dot_attention(const AttentionInputs& in, std::optional<double> scale = {},
                                              const AttentionOptions& options = {});

}  // namespace attune
