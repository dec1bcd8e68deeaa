// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attention_checks.hpp"

namespace attune {

/// The weights [B, H, Tq, Tk] after an intervention. `allowed`: broadcastable to them, undefined when all pairs are.
[[nodiscard]] Tensor intervene(const Intervention& intervention, const Tensor& weights, const Tensor& allowed,
                               const AttentionSizes& sizes);

/// Each line [.., T] of `weights` permuted among the places where `allowed` (same shape, bool) is true; line i by the key
/// `permutation.with(i)`. No gradients.
[[nodiscard]] Tensor permute_lines(const Tensor& weights, const Tensor& allowed, RandomKey permutation);

}  // namespace attune
