// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/regression.hpp"

#include <cmath>
#include <string>

#include "attune/core/error.hpp"

namespace attune {
namespace {

void check_finite(const Numbers& values, const std::string& name) {
  for (size_t row = 0; row < values.size(); ++row) {
    if (std::isfinite(values[row])) continue;
    throw UsageError(name + ": row " + std::to_string(row + 1) + ": expected a finite number, found " +
                     std::to_string(values[row]));
  }
}

void check(const Numbers& predicted, const Numbers& target) {
  if (target.size() == 0) throw UsageError("regression: there is no row to measure; give at least one");
  if (predicted.size() != target.size()) {
    throw UsageError("regression: expected one prediction for each of " + std::to_string(target.size()) +
                     " rows, found " + std::to_string(predicted.size()));
  }
  check_finite(predicted, "predicted numbers");
  check_finite(target, "target numbers");
}

bool is_constant(const Numbers& values) {
  for (size_t row = 1; row < values.size(); ++row) {
    if (values[row] != values[0]) return false;
  }
  return true;
}

/// Sum of squared deviations from the mean, in two passes, so that a large mean does not swallow them.
double squared_deviation(const Numbers& values) {
  double sum = 0;
  for (size_t row = 0; row < values.size(); ++row) sum += values[row];
  const double mean = sum / static_cast<double>(values.size());
  double squares = 0;
  for (size_t row = 0; row < values.size(); ++row) squares += (values[row] - mean) * (values[row] - mean);
  return squares;
}

/// A constant is told by comparison and not by its deviation, which rounding may leave a little above 0.
double r2(double squared_error, const Numbers& target) {
  if (is_constant(target)) return squared_error == 0 ? 1 : 0;
  return 1 - squared_error / squared_deviation(target);
}

}  // namespace

RegressionMetrics regression_metrics(Numbers predicted, Numbers target) {
  check(predicted, target);
  double squares = 0, distances = 0;
  for (size_t row = 0; row < target.size(); ++row) {
    const double error = predicted[row] - target[row];
    squares += error * error;
    distances += std::abs(error);
  }
  const auto rows = static_cast<double>(target.size());
  return {.rows = static_cast<int64_t>(target.size()),
          .mean_squared_error = squares / rows,
          .root_mean_squared_error = std::sqrt(squares / rows),
          .mean_absolute_error = distances / rows,
          .r2 = r2(squares, target)};
}

Json to_json(const RegressionMetrics& metrics) {
  return {{"rows", metrics.rows},
          {"mean_squared_error", metrics.mean_squared_error},
          {"root_mean_squared_error", metrics.root_mean_squared_error},
          {"mean_absolute_error", metrics.mean_absolute_error},
          {"r2", metrics.r2}};
}

}  // namespace attune
