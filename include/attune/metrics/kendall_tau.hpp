// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace attune {

/// How far two lists of values order the same things alike, from -1 to 1: Kendall's tau-b (Kendall 1945, "The treatment
/// of ties in ranking problems"), in O(n log n) (Knight 1966). NaN where one of them orders nothing: fewer than two
/// values, or all equal.
/// @throws UsageError when their lengths differ, and for NaN.
[[nodiscard]] double kendall_tau(std::span<const double> first, std::span<const double> second);

}  // namespace attune
