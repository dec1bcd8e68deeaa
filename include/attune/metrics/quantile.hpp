// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace attune {

/// The share-quantile of ascending numbers, between the two nearest of them in proportion (Hyndman, Fan 1996,
/// "Sample quantiles in statistical packages", type 7): 0 gives the first, 0.5 the median, 1 the last.
/// @param ascending sorted; what is not gives a number without meaning
/// @throws UsageError without any number, and for a share outside 0 to 1. Thread-safe.
[[nodiscard]] double quantile(std::span<const double> ascending, double share);

}  // namespace attune
