// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/report/charts.hpp"

namespace attune::report {

inline void check_series(const Series& series) {
  if (series.x.size() == series.y.size()) return;
  throw UsageError("series \"" + series.name + "\": expected as many x as y, found " + std::to_string(series.x.size()) +
                   " and " + std::to_string(series.y.size()));
}

inline bool is_point(const Series& series, size_t i) {
  return std::isfinite(series.x[i]) && std::isfinite(series.y[i]);
}

/// The least and the greatest of some numbers.
struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  [[nodiscard]] bool empty() const { return low > high; }
};

/// Of the points of all series: x and y.
inline std::pair<Range, Range> ranges_of(const LineChart& chart) {
  Range x, y;
  for (const auto& series : chart.series) {
    for (size_t i = 0; i < series.x.size(); ++i) {
      if (!is_point(series, i)) continue;
      x.add(series.x[i]);
      y.add(series.y[i]);
    }
  }
  return {x, y};
}

}  // namespace attune::report
