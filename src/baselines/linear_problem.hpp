// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "attune/baselines/sparse_rows.hpp"

struct feature_node;

namespace attune {

enum class LinearLoss {
  kLogistic,  ///< targets are -1 and 1
  kSquared,   ///< ridge regression
};

/// Rows in the form that liblinear reads them, to be fitted any number of times. Fan, Chang, Hsieh, Wang, Lin 2008,
/// "LIBLINEAR: a library for large linear classification". Its trust region Newton method on the primal problem draws
/// nothing: the same rows give the same weights. Immutable and thread-safe.
class LinearProblem {
 public:
  explicit LinearProblem(const SparseRows& rows);
  ~LinearProblem();
  LinearProblem(const LinearProblem&) = delete;
  LinearProblem& operator=(const LinearProblem&) = delete;

  /// Minimises |w|^2 / 2 + cost * (sum of the losses of some rows). Where all targets of the logistic loss are alike
  /// there is nothing to minimise, and the constant alone says which they are.
  /// @param targets of the chosen rows
  /// @param start   weights to begin with, or none; of the logistic loss alone, for liblinear knows no other
  /// @return [columns + 1] weights; the last one is the constant
  [[nodiscard]] std::vector<double> fit(LinearLoss loss, std::span<const int64_t> chosen,
                                        std::span<const double> targets, double cost,
                                        std::span<const double> start = {}) const;

 private:
  int columns_ = 0;  // with the constant
  std::vector<feature_node> nodes_;
  std::vector<size_t> begins_;
};

/// What weights of LinearProblem say of a row, which has no column beyond theirs.
template <class Weight>
[[nodiscard]] double linear_value(SparseRow row, std::span<const Weight> weights) {
  auto sum = static_cast<double>(weights.back());
  for (const auto& [column, value] : row) {
    assert(column >= 0 && static_cast<size_t>(column) + 1 < weights.size());
    sum += static_cast<double>(weights[static_cast<size_t>(column)]) * static_cast<double>(value);
  }
  return sum;
}

}  // namespace attune
