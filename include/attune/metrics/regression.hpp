// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "attune/core/json.hpp"
#include "attune/metrics/numbers.hpp"

namespace attune {

/// How good predicted numbers are, in the unit of the output column. Formulas and awkward cases: docs/metrics.md.
struct RegressionMetrics {
  int64_t rows = 0;
  double mean_squared_error = 0;
  double root_mean_squared_error = 0;
  double mean_absolute_error = 0;
  double r2 = 0;  ///< 1 - squared error / squared deviation from the mean; constant target: 1 if met exactly, else 0
};

/// @throws UsageError when there is no row, the sizes differ, or a number is not finite (naming the row).
[[nodiscard]] RegressionMetrics regression_metrics(Numbers predicted, Numbers target);

[[nodiscard]] Json to_json(const RegressionMetrics& metrics);

}  // namespace attune
