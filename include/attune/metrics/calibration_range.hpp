// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "attune/core/random.hpp"
#include "attune/metrics/numbers.hpp"

namespace attune {

/// Between which a number lies in 95 of 100 cases.
struct Interval {
  double low = 0;
  double high = 0;
};

/// The expected calibration error that a perfectly calibrated model with these confidences shows on as many rows: each
/// prediction is drawn to be right with the probability that is its confidence, again and again, and the 2.5 % and
/// 97.5 % quantiles of the errors are given. No set is so large that a perfect model shows an error of 0 on it, so an
/// error says something only beside this range. Bröcker, Smith 2007, "Increasing the reliability of reliability
/// diagrams", Weather and Forecasting 22.
/// @param confidence  probability of the predicted class, per row
/// @param bins        as in reliability_bins()
/// @throws UsageError as reliability_bins().
[[nodiscard]] Interval calibration_error_range(Numbers confidence, RandomKey key, int64_t bins = 15);

}  // namespace attune
