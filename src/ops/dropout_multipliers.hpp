// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "attention_checks.hpp"

namespace attune {

/// The numbers by which a call's rows are known to random draws: `row_ids`, or 0 .. batch-1 where undefined.
[[nodiscard]] std::vector<int64_t> row_numbers(const Tensor& row_ids, int64_t batch);

/// A multiplier per weight [B, H, Tq, Tk]: 0 or 1 / (1 - rate), and 0 beyond a row's own lengths.
[[nodiscard]] Tensor dropout_multipliers(const AttentionDropout& dropout, const AttentionInputs& in,
                                         const AttentionSizes& sizes);

}  // namespace attune
