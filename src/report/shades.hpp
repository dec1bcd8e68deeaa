// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace attune::report {

inline constexpr int kShades = 8;

/// -8 to 8 for each value, relative to the greatest of them, sign aside; 0 when it is 0 or not finite, and at least 1
/// in size for what is at least 1/16 of the greatest.
[[nodiscard]] std::vector<int> shades(std::span<const double> values);

/// The greatest finite value, sign aside; 0 without one.
[[nodiscard]] double greatest(std::span<const double> values);

}  // namespace attune::report
