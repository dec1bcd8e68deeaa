// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/spread.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "attune/core/error.hpp"
#include "optional_number.hpp"

namespace attune {
namespace {

constexpr double kConfidence = 0.95;

void check_values(const Numbers& values) {
  if (values.size() == 0) throw UsageError("spread: there is no figure; give at least one");
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    throw UsageError("spread: figure " + std::to_string(i + 1) + ": expected a finite number, found " +
                     std::to_string(values[i]));
  }
}

double mean_of(const Numbers& values) {
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) sum += values[i];
  return sum / static_cast<double>(values.size());
}

/// Over one less than their number, since the mean is theirs as well.
double deviation_of(const Numbers& values, double mean) {
  double squares = 0;
  for (size_t i = 0; i < values.size(); ++i) squares += (values[i] - mean) * (values[i] - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

/// P(-t < T < t) with t = sqrt(freedom) tan(angle), a finite sum for whole degrees of freedom (Abramowitz, Stegun 1964,
/// Handbook of Mathematical Functions, 26.7.3 and 26.7.4).
double central_probability(double angle, int64_t freedom) {
  const double sine = std::sin(angle), cosine = std::cos(angle);
  const bool odd = freedom % 2 == 1;
  double term = odd ? cosine : 1, sum = 0;
  for (int64_t power = odd ? 1 : 0; power <= freedom - 2; power += 2) {
    sum += term;
    term *= cosine * cosine * static_cast<double>(power + 1) / static_cast<double>(power + 2);
  }
  return odd ? 2 / std::numbers::pi * (angle + sine * sum) : sine * sum;
}

}  // namespace

double student_t_quantile(double probability, int64_t freedom) {
  if (!(probability > 0 && probability < 1)) {
    throw UsageError("student_t_quantile: expected a probability between 0 and 1, found " +
                     std::to_string(probability));
  }
  if (freedom < 1) {
    throw UsageError("student_t_quantile: expected at least 1 degree of freedom, found " + std::to_string(freedom));
  }
  if (probability < 0.5) return -student_t_quantile(1 - probability, freedom);
  double low = 0, high = std::numbers::pi / 2;  // of the angle, at which t is unbounded
  while (true) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return std::sqrt(static_cast<double>(freedom)) * std::tan(low);
    (central_probability(middle, freedom) < 2 * probability - 1 ? low : high) = middle;
  }
}

Spread spread_of(Numbers values, const FigureRange& range) {
  check_values(values);
  Spread spread{
      .count = static_cast<int64_t>(values.size()), .mean = mean_of(values), .deviation = {}, .low = {}, .high = {}};
  if (spread.count < 2) return spread;
  spread.deviation = deviation_of(values, spread.mean);
  const double half = student_t_quantile((1 + kConfidence) / 2, spread.count - 1) * *spread.deviation /
                      std::sqrt(static_cast<double>(spread.count));
  spread.low = std::max(spread.mean - half, range.lowest);
  spread.high = std::min(spread.mean + half, range.highest);
  return spread;
}

Json to_json(const Spread& spread) {
  return {{"mean", spread.mean},
          {"standard_deviation", optional_number(spread.deviation)},
          {"interval", spread.low ? Json{*spread.low, *spread.high} : Json()}};
}

}  // namespace attune
