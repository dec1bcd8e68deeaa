// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "attune/metrics/class_scores.hpp"
#include "attune/metrics/numbers.hpp"

namespace attune {

/// Which of the measured rows a person should look at: their numbers from 0, at most `most` of them, the most notable
/// first and rows that are equally so in their order.

/// Rows whose predicted class is not the true one, by the probability of the true one, the lowest first. Rows with
/// kUnseenLabel have none and are left out. @throws UsageError for a label out of range or most < 0.
[[nodiscard]] std::vector<int64_t> most_wrong(const ClassScores& probabilities, std::span<const int64_t> labels,
                                              int64_t most);

/// Rows by the probability of their predicted class, the lowest first. @throws UsageError for most < 0.
[[nodiscard]] std::vector<int64_t> least_certain(const ClassScores& probabilities, int64_t most);

/// Rows by |predicted - target|, the largest first; exact ones are left out.
/// @throws UsageError when sizes differ, a number is not finite (naming its row) or most < 0.
[[nodiscard]] std::vector<int64_t> largest_errors(Numbers predicted, Numbers target, int64_t most);

}  // namespace attune
