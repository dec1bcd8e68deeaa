// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "attune/core/json.hpp"
#include "attune/metrics/numbers.hpp"

namespace attune {

/// What a figure can be at all: an accuracy lies from 0 to 1, a squared error is at least 0.
struct FigureRange {
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
};

/// How far figures of several runs lie apart.
struct Spread {
  int64_t count = 0;
  double mean = 0;
  std::optional<double> deviation;  ///< standard, of the sample (over count - 1); none of a single figure
  std::optional<double> low, high;  ///< of the interval that holds the mean of such runs with a confidence of 95 %
};

/// Mean, standard deviation, and Student's t interval of the mean: mean +- t(0.975, count - 1) deviation / sqrt(count)
/// ("Student" 1908, "The probable error of a mean"), which is exact when the figures are independent draws of a normal
/// distribution, and rough otherwise.
/// It is cut off where the figure ends.
///
///   values  [runs] finite, within `range`
///
/// @throws UsageError for no value, or one that is not finite (naming its place, from 1). Thread-safe.
[[nodiscard]] Spread spread_of(Numbers values, const FigureRange& range = {});

/// The t that a variable of Student's distribution stays below with this probability; relative error at most 1e-11 for
/// probabilities from 0.0005 to 0.9995 and up to 1000 degrees of freedom, in each of which a step takes time. @throws
/// UsageError for a probability that is not in (0, 1), or freedom < 1. Thread-safe.
[[nodiscard]] double student_t_quantile(double probability, int64_t freedom);

/// {"mean", "standard_deviation", "interval": [low, high]}; null for what there is not.
[[nodiscard]] Json to_json(const Spread& spread);

}  // namespace attune
