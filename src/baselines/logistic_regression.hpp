// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "attune/baselines/baseline.hpp"
#include "attune/baselines/sparse_rows.hpp"

namespace attune {

/// Logistic regression, L2-regularised, one class against the rest; the penalty that gets the most rows right in
/// cross-validation. Immutable and thread-safe.
class LogisticRegression {
 public:
  /// @param labels [rows] class numbers. Classes without rows are never predicted.
  /// With so many classes that it would take minutes, it is fitted on fewer rows, which is noted.
  LogisticRegression(const SparseRows& rows, std::span<const int64_t> labels, const BaselineControl& control);

  [[nodiscard]] int64_t predict(SparseRow row) const;
  [[nodiscard]] double penalty() const { return penalty_; }

 private:
  std::vector<int64_t> classes_;             // that occur
  std::vector<std::vector<float>> weights_;  // of each problem: each class against the rest; of two only the second
  double penalty_ = 0;
};

}  // namespace attune
