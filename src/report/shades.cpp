// SPDX-License-Identifier: Apache-2.0
#include "shades.hpp"

#include <algorithm>
#include <cmath>

namespace attune::report {

double greatest(std::span<const double> values) {
  double most = 0;
  for (const double value : values) {
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  }
  return most;
}

std::vector<int> shades(std::span<const double> values) {
  const double most = greatest(values);
  std::vector<int> levels;
  levels.reserve(values.size());
  for (const double value : values)
    levels.push_back(most > 0 && std::isfinite(value) ? static_cast<int>(std::lround(kShades * (value / most))) : 0);
  return levels;
}

}  // namespace attune::report
