// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace attune {

/// How good predicted classes are, where there are no probabilities: as in ClassificationMetrics, kUnseenLabel counted
/// as there.
struct LabelMetrics {
  double accuracy = 0;
  double balanced_accuracy = 0;
};

/// @param predicted [rows] from 0 to classes - 1. @param labels [rows] the same, or kUnseenLabel
/// @throws UsageError when there is no row, the sizes differ, or a class is out of range (naming the row).
[[nodiscard]] LabelMetrics label_metrics(std::span<const int64_t> predicted, std::span<const int64_t> labels,
                                         int64_t classes);

}  // namespace attune
