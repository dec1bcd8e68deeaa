// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "drawing.hpp"
#include "plot_area.hpp"
#include "series.hpp"

namespace attune::report {
namespace {

constexpr double kWidth = 480, kPlotHeight = 210, kLeft = 62, kRight = 20, kTitleHeight = 30, kBelow = 54;
constexpr size_t kStyles = 6;

std::string style_of(size_t series) { return "series-" + std::to_string(series % kStyles); }

/// Through points one after another; a point alone is a dot.
std::string curve(const Series& series, const PlotArea& plot, const std::string& style) {
  std::string path, dots;
  size_t run = 0;
  const auto end_run = [&](size_t next) {
    if (run == 1)
      dots += "<circle cx=\"" + coordinate(plot.x_at(series.x[next - 1])) + "\" cy=\"" +
              coordinate(plot.y_at(series.y[next - 1])) + "\" r=\"3.5\" class=\"dot " + style + "\"/>";
    run = 0;
  };
  for (size_t i = 0; i < series.x.size(); ++i) {
    if (!is_point(series, i)) {
      end_run(i);
      continue;
    }
    path += (run++ == 0 ? "M" : "L") + coordinate(plot.x_at(series.x[i])) + " " + coordinate(plot.y_at(series.y[i]));
  }
  end_run(series.x.size());
  return "<path d=\"" + path + "\" class=\"curve " + style + "\"/>" + dots;
}

/// Names side by side, in as many lines as they take; none for one series, which the title names. @return what is
/// drawn, and its height
std::pair<std::string, double> legend(const LineChart& chart, double top) {
  constexpr double kSwatch = 26, kGap = 18, kLegendHeight = 20;
  constexpr int64_t kLongest = 44;
  if (chart.series.size() < 2) return {"", 0};
  std::string body;
  double x = kLeft, y = top + kLegendHeight * 0.7;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const auto name = fitted(chart.series[i].name, kLongest);
    const double width = kSwatch + text_width(name) + kGap;
    if (x > kLeft && x + width > kWidth) {
      x = kLeft;
      y += kLegendHeight;
    }
    body += "<path d=\"M" + coordinate(x) + " " + coordinate(y - 4) + "h20\" class=\"curve " + style_of(i) + "\"/>";
    body += svg::text(x + kSwatch, y, name);
    x += width;
  }
  return {body, y - top + kLegendHeight * 0.3};
}

std::string description_of(const LineChart& chart) {
  std::vector<std::string> parts;
  for (const auto& series : chart.series) {
    Range y;
    size_t last = series.x.size();
    for (size_t i = 0; i < series.x.size(); ++i) {
      if (!is_point(series, i)) continue;
      y.add(series.y[i]);
      last = i;
    }
    parts.push_back(series.name + (y.empty() ? ": nothing"
                                             : ": from " + significant(y.low) + " to " + significant(y.high) +
                                                   ", at the end " + significant(series.y[last])));
  }
  const auto over = chart.y_label + " over " + chart.x_label;
  return parts.empty() ? over : over + ". " + listed(parts) + ".";
}

/// Steps that are whole numbers of epochs get no ticks between them.
Ticks x_ticks(const LineChart& chart, const Range& x) {
  const bool whole = std::all_of(chart.series.begin(), chart.series.end(), [](const Series& series) {
    return std::all_of(series.x.begin(), series.x.end(),
                       [](double v) { return !std::isfinite(v) || v == std::floor(v); });
  });
  const int wanted = whole ? static_cast<int>(std::clamp(x.high - x.low, 1.0, 6.0)) : 6;
  return ticks(x.low, x.high, wanted);
}

std::string mark_line(const LineChart& chart, const PlotArea& plot) {
  if (!chart.marked_x || !std::isfinite(*chart.marked_x)) return "";
  const double x = plot.x_at(*chart.marked_x);
  if (x < plot.left || x > plot.right()) return "";
  const bool at_left = x < plot.left + plot.width / 2;
  return svg::line(x, plot.top, x, plot.bottom(), "mark") +
         svg::text(x + (at_left ? 5 : -5), plot.top + kFontSize, chart.mark,
                   at_left ? svg::Anchor::kStart : svg::Anchor::kEnd, "label faint halo");
}

}  // namespace

Drawing draw(const LineChart& chart) {
  for (const auto& series : chart.series) check_series(series);
  Drawing drawing{.width = kWidth, .title = chart.title, .description = description_of(chart), .body = {}};
  drawing.body = svg::text(0, kFontSize + 2, fitted(chart.title, 62), svg::Anchor::kStart, "title");
  const auto [x, y] = ranges_of(chart);
  if (x.empty()) {
    drawing.height = kTitleHeight + 40;
    drawing.body += svg::text(0, kTitleHeight + 22, "nothing to draw", svg::Anchor::kStart, "label faint");
    return drawing;
  }
  const auto [names, names_height] = legend(chart, kTitleHeight);
  const PlotArea plot{kLeft,
                      kTitleHeight + names_height + 28,
                      kWidth - kLeft - kRight,
                      kPlotHeight,
                      x_ticks(chart, x),
                      ticks(y.low, y.high)};
  drawing.body += names + plot.axes(chart.x_label, chart.y_label) + mark_line(chart, plot);
  for (size_t i = 0; i < chart.series.size(); ++i) drawing.body += curve(chart.series[i], plot, style_of(i));
  drawing.height = plot.bottom() + kBelow;
  return drawing;
}

std::string line_chart(const LineChart& chart) { return standalone(draw(chart)); }

}  // namespace attune::report
