// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "numbers.hpp"

namespace attune::report {

/// A rectangle of a drawing with a scale on each side.
struct PlotArea {
  double left = 0, top = 0, width = 0, height = 0;
  Ticks x, y;

  [[nodiscard]] double right() const { return left + width; }
  [[nodiscard]] double bottom() const { return top + height; }
  [[nodiscard]] double x_at(double value) const { return left + width * (value - x.low()) / (x.high() - x.low()); }
  [[nodiscard]] double y_at(double value) const { return bottom() - height * (value - y.low()) / (y.high() - y.low()); }

  /// Lines across at each tick of y, labels of both scales, and what they measure.
  [[nodiscard]] std::string axes(const std::string& x_label, const std::string& y_label) const;
};

}  // namespace attune::report
