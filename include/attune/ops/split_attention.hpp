// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/ops/allocation.hpp"

namespace attune {

/// The two layers that turn a row's pooled branches into scores; E is their hidden width, G the number of channel
/// groups.
struct SplitGate {
  Tensor reduce_weight;  ///< [E, W]
  Tensor reduce_bias;    ///< [E]
  Tensor expand_weight;  ///< [R * G, E], branch-major: score (r, g) is row r * G + g
  Tensor expand_bias;    ///< [R * G]
};

/// Split attention: allocates among R branches at the same position. With z_b the mean over the row's tokens of the sum
/// over branches, the weights of row b are softmax over r of expand(relu(reduce(z_b))) per channel group; the context
/// of a token is the weighted sum of its branches, channel c taking the weights of group c / (W / G). Zhang et al. 2020
/// (ResNeSt), arXiv:2004.08955; Li et al. 2019 (SKNet), arXiv:1903.06586.
///
///   branches  [N, R, W]
///   offsets   [B+1] int64: row b owns tokens offsets[b] to offsets[b + 1]; undefined: every token is a row (B = N)
///
/// Any strides; all of one floating type, on the CPU.
/// Returns context [N, W]; wanted: weights [B, R, G], log_sum_exp and entropy [B, G]. `received` has no meaning here
/// and stays undefined. A row without tokens: weights 0, log-sum-exp -inf, entropy 0, no gradient. Interventions:
/// weights as in attention (`given` [B, R, G], permuted over R by row and group); head gates are refused.
/// @throws ShapeError, TypeError, UsageError.
[[nodiscard]] Allocation split_attention(const Tensor& branches, const Tensor& offsets, const SplitGate& gate,
                                         const Wanted& wanted = {}, const Intervention& intervention = {});

}  // namespace attune
