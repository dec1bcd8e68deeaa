// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "attune/baselines/baseline.hpp"
#include "attune/baselines/sparse_rows.hpp"

namespace attune {

class LogisticFit;

/// Logistic regression, L2-regularised, one class against the rest. Immutable and thread-safe.
class LogisticRegression {
 public:
  /// The cost is the one that gets the most rows right in cross-validation.
  /// @param labels [rows] class numbers. Classes without rows are never predicted.
  /// With so many classes that it would take minutes, it is fitted on fewer rows, which is noted.
  LogisticRegression(const SparseRows& rows, std::span<const int64_t> labels, const BaselineControl& control);

  /// Rows that are not fitted on, and their classes; those of kUnseenLabel say nothing.
  struct HeldOut {
    const SparseRows& rows;
    std::span<const int64_t> labels;
  };
  /// The cost is the one that gives the labels of the rows held out the highest likelihood: a model whose
  /// probabilities are to be believed is regularised more strongly than one of which only the winner counts.
  LogisticRegression(const SparseRows& rows, std::span<const int64_t> labels, const HeldOut& held_out,
                     const BaselineControl& control);

  /// As it was: classes that occur, ascending, and the weights of each problem (none for one class, one for two).
  LogisticRegression(std::vector<int64_t> classes, std::vector<std::vector<float>> weights)
      : classes_(std::move(classes)), weights_(std::move(weights)) {}

  [[nodiscard]] int64_t predict(SparseRow row) const;
  /// ln P(class | row) of each of `classes`: each problem's own probability, scaled so that they sum to 1. Classes that
  /// did not occur get next to nothing.
  [[nodiscard]] std::vector<double> log_probabilities(SparseRow row, int64_t classes) const;
  /// The same from what each problem says of a row, its weights' sum and constant.
  [[nodiscard]] std::vector<double> log_probabilities(std::span<const double> values, int64_t classes) const;
  /// The derivatives by those values of the sum over classes of direction[c] * ln P(c). @param direction [classes]
  [[nodiscard]] std::vector<double> slopes(std::span<const double> values, std::span<const double> direction) const;
  [[nodiscard]] const std::vector<int64_t>& classes() const { return classes_; }
  [[nodiscard]] const std::vector<std::vector<float>>& weights() const { return weights_; }
  [[nodiscard]] double cost() const { return cost_; }

 private:
  using Search = std::function<double(const LogisticFit&)>;
  void fit(const SparseRows& rows, std::span<const int64_t> labels, const BaselineControl& control,
           const Search& search);

  std::vector<int64_t> classes_;             // that occur
  std::vector<std::vector<float>> weights_;  // of each problem: each class against the rest; of two only the second
  double cost_ = 0;
};

}  // namespace attune
