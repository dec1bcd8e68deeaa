// SPDX-License-Identifier: Apache-2.0
#include "plot_area.hpp"

#include "drawing.hpp"

namespace attune::report {

std::string PlotArea::axes(const std::string& x_label, const std::string& y_label) const {
  constexpr double kGap = 8, kBelow = 20;
  std::string body;
  for (size_t i = 0; i < y.values.size(); ++i) {
    const double at = y_at(y.values[i]);
    body += svg::line(left, at, right(), at, i == 0 ? "axis" : "grid");
    body += svg::text(left - kGap, at + kFontSize * 0.35, y.labels[i], svg::Anchor::kEnd, "label faint");
  }
  for (size_t i = 0; i < x.values.size(); ++i) {
    const double at = x_at(x.values[i]);
    body += svg::line(at, bottom(), at, bottom() + kGap / 2, "axis");
    body += svg::text(at, bottom() + kBelow, x.labels[i], svg::Anchor::kMiddle, "label faint");
  }
  body += svg::text(right(), bottom() + 2 * kBelow, x_label, svg::Anchor::kEnd);
  return body + svg::text(left, top - 1.2 * kGap, y_label);
}

}  // namespace attune::report
