// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "attention_checks.hpp"

namespace attune {

/// The weights [B, H, Tq, Tk] after an intervention. `allowed`: broadcastable to them, undefined when all pairs are.
[[nodiscard]] Tensor intervene(const AttentionOptions& options, const Tensor& weights, const Tensor& allowed,
                               const AttentionSizes& sizes);

/// Each line [.., T] of `weights` permuted among the places where `allowed` (same shape, bool) is true, line number n
/// by key_of_line(n). No gradients.
[[nodiscard]] Tensor permute_lines(const Tensor& weights, const Tensor& allowed,
                                   const std::function<RandomKey(int64_t line)>& key_of_line);

}  // namespace attune
