// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "attune/core/random.hpp"
#include "attune/metrics/numbers.hpp"

namespace attune {

/// How far the means of two scores lie apart that were measured on the same rows.
struct PairedDifference {
  double difference = 0;  ///< mean of the first less mean of the second
  double low = 0;         ///< of the interval that holds it with a confidence of 95 %
  double high = 0;
};

/// Rows drawn at a time, at most.
inline constexpr int64_t kMostBootstrapRows = 10'000;

/// The paired bootstrap (Efron 1979, "Bootstrap methods: another look at the jackknife"; Koehn 2004, "Statistical
/// significance tests for machine translation evaluation"): rows are drawn with replacement, both scores of a row
/// together, and the interval reaches from the 2.5 to the 97.5 percentile of the differences. From more than
/// kMostBootstrapRows only so many are drawn, and what a draw lies off the difference shrinks by sqrt(drawn / rows)
/// (Bickel, Goetze, van Zwet 1997, "Resampling fewer than n observations").
///
///   first, second  [rows] the score of each row, such as 1 where a prediction was right and 0 where not
///
/// Equal differences on all rows give an interval of no width, however few they are. The same key gives the same
/// numbers; those of sums that leave the range of doubles are not finite.
/// @throws UsageError for no row, sizes that differ, a score that is not finite (naming its row), or draws < 1.
/// Thread-safe.
[[nodiscard]] PairedDifference paired_bootstrap(Numbers first, Numbers second, RandomKey key, int64_t draws = 2000);

}  // namespace attune
