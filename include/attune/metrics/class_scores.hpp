// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "attune/metrics/numbers.hpp"

namespace attune {

/// One number per row and class, [rows, classes] row-major, borrowed: probabilities or logits.
class ClassScores {
 public:
  /// @throws UsageError unless classes >= 1, there is at least one row, and values are rows * classes finite numbers.
  ClassScores(Numbers values, int64_t classes);

  [[nodiscard]] size_t rows() const { return rows_; }
  [[nodiscard]] size_t classes() const { return classes_; }
  [[nodiscard]] double at(size_t row, size_t c) const { return values_[row * classes_ + c]; }
  /// The class with the highest score; the first of equal ones.
  [[nodiscard]] size_t best(size_t row) const;

 private:
  Numbers values_;
  size_t classes_ = 0;
  size_t rows_ = 0;
};

/// The label of a row whose class did not occur in training.
inline constexpr int64_t kUnseenLabel = -1;

/// @throws UsageError naming the row unless there is one label per row, each kUnseenLabel or from 0 to classes - 1.
void check_labels(const ClassScores& scores, std::span<const int64_t> labels);

/// @throws UsageError naming the row unless every row holds numbers from 0 to 1 that sum to 1 (to within 1e-3: what is
/// left of a softmax in half precision).
void check_probabilities(const ClassScores& probabilities);

}  // namespace attune
