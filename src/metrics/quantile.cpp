// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/quantile.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "attune/core/error.hpp"

namespace attune {

double quantile(std::span<const double> ascending, double share) {
  if (ascending.empty()) throw UsageError("quantile: there is no number to take it of; give at least one");
  if (!(share >= 0 && share <= 1))
    throw UsageError("quantile: expected a share from 0 to 1, found " + std::to_string(share));
  const double place = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<size_t>(place);
  const auto above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (place - static_cast<double>(below)) * (ascending[above] - ascending[below]);
}

}  // namespace attune
