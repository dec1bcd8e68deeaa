// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "attune/baselines/baseline.hpp"
#include "attune/baselines/sparse_rows.hpp"

namespace attune {

/// Ridge regression (Hoerl, Kennard 1970) of targets that are centred and scaled by their deviation; the cost of
/// the lowest squared error in cross-validation. Immutable and thread-safe.
class RidgeRegression {
 public:
  /// @param targets [rows] finite numbers, at least one
  RidgeRegression(const SparseRows& rows, std::span<const double> targets, const BaselineControl& control);

  /// A finite number.
  [[nodiscard]] double predict(SparseRow row) const;
  [[nodiscard]] double cost() const { return cost_; }

 private:
  double mean_ = 0, deviation_ = 0;
  std::vector<double> weights_;
  double cost_ = 0;
};

}  // namespace attune
