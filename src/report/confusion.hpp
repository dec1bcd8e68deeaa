// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attune/report/charts.hpp"

namespace attune::report {

/// A confusion matrix of few enough classes to be shown: those with the most rows, all others as the last one.
struct ShownConfusion {
  std::vector<std::string> classes;  ///< names, cut to what can be read
  std::vector<int64_t> counts;       ///< [classes, classes] row-major
  int64_t right = 0;                 ///< rows answered with their class, also of those that share the last one
  int64_t folded = 0;                ///< classes that share the last one; 0: none, and it is a class of its own
  int64_t folded_right = 0;          ///< rows of these that were answered with their class

  [[nodiscard]] int64_t at(size_t t, size_t p) const { return counts[t * classes.size() + p]; }
  [[nodiscard]] int64_t of_class(size_t t) const;
  [[nodiscard]] int64_t rows() const;
  /// Where right and wrong answers stand together: one of the others, answered with one of them.
  [[nodiscard]] bool is_mixed(size_t t, size_t p) const {
    return folded > 0 && t + 1 == classes.size() && p + 1 == classes.size();
  }
  /// "Answered rightly: 9 of 12 rows. .."; what the last line and column are where classes share them.
  [[nodiscard]] std::string sentences() const;
};

/// @throws UsageError for another number of counts than pairs of classes.
[[nodiscard]] ShownConfusion shown_confusion(const ConfusionChart& chart);

}  // namespace attune::report
