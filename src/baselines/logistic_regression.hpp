// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
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

  /// As it was: classes that occur, ascending, and the weights of each problem (none for one class, one for two).
  LogisticRegression(std::vector<int64_t> classes, std::vector<std::vector<float>> weights)
      : classes_(std::move(classes)), weights_(std::move(weights)) {}

  [[nodiscard]] int64_t predict(SparseRow row) const;
  /// ln P(class | row) of each of `classes`: each problem's own probability, scaled so that they sum to 1. Classes that
  /// did not occur get next to nothing.
  [[nodiscard]] std::vector<double> log_probabilities(SparseRow row, int64_t classes) const;
  [[nodiscard]] const std::vector<int64_t>& classes() const { return classes_; }
  [[nodiscard]] const std::vector<std::vector<float>>& weights() const { return weights_; }
  [[nodiscard]] double penalty() const { return penalty_; }

 private:
  std::vector<int64_t> classes_;             // that occur
  std::vector<std::vector<float>> weights_;  // of each problem: each class against the rest; of two only the second
  double penalty_ = 0;
};

}  // namespace attune
