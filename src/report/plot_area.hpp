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
  [[nodiscard]] double x_at(double value) const { return left + width * share(x, value); }
  [[nodiscard]] double y_at(double value) const { return bottom() - height * share(y, value); }

  /// Lines across at each tick of y, labels of both scales, and what they measure.
  [[nodiscard]] std::string axes(const std::string& x_label, const std::string& y_label) const;

 private:
  /// Halves are subtracted: the range of the largest numbers is none itself.
  static double share(const Ticks& scale, double value) {
    return (value / 2 - scale.low() / 2) / (scale.high() / 2 - scale.low() / 2);
  }
};

}  // namespace attune::report
