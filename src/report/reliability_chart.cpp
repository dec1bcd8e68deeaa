// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "drawing.hpp"
#include "escape.hpp"
#include "numbers.hpp"
#include "plot_area.hpp"

namespace attune::report {
namespace {

constexpr double kWidth = 480, kLeft = 62, kRight = 20, kHeight = 300, kCountsHeight = 56;

std::vector<CalibrationBin> finite(const std::vector<CalibrationBin>& bins) {
  std::vector<CalibrationBin> kept;
  std::copy_if(bins.begin(), bins.end(), std::back_inserter(kept),
               [](const CalibrationBin& bin) { return std::isfinite(bin.confidence) && std::isfinite(bin.accuracy); });
  return kept;
}

/// Plain text.
std::string tip(const CalibrationBin& bin, const std::string& when) {
  return when + " calibration, " + counted(bin.rows, "row") + ": said " + probability_text(bin.confidence) +
         ", were right in " + probability_text(bin.accuracy);
}

std::string curve(const std::vector<CalibrationBin>& bins, const PlotArea& plot, const std::string& style,
                  const std::string& when) {
  std::string path, dots;
  for (const auto& bin : bins) {
    const auto x = coordinate(plot.x_at(bin.confidence)), y = coordinate(plot.y_at(bin.accuracy));
    path += (path.empty() ? "M" : "L") + x + " " + y;
    dots += "<circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"3.5\" class=\"dot " + style + "\"><title>" +
            markup(tip(bin, when)) + "</title></circle>";
  }
  return "<path d=\"" + path + "\" class=\"curve " + style + "\"/>" + dots;
}

/// How far the bins are from the diagonal, weighed by their rows.
double distance(const std::vector<CalibrationBin>& bins) {
  double sum = 0, rows = 0;
  for (const auto& bin : bins) {
    sum += static_cast<double>(bin.rows) * std::abs(bin.accuracy - bin.confidence);
    rows += static_cast<double>(bin.rows);
  }
  return rows == 0 ? 0 : sum / rows;
}

std::string named(const char* when, const std::vector<CalibrationBin>& bins) {
  return std::string(when) + " calibration (off by " + percent(distance(bins)) + ")";
}

/// Rows of each bin, as thin columns below the diagram.
std::string counts(const std::vector<CalibrationBin>& bins, const PlotArea& plot, const std::string& when, double top) {
  int64_t most = 1;
  for (const auto& bin : bins) most = std::max(most, bin.rows);
  auto body =
      svg::text(plot.left, top, "rows in each bin, at most " + with_commas(most), svg::Anchor::kStart, "label faint");
  const double base = top + kCountsHeight;
  for (const auto& bin : bins) {
    const double height = (kCountsHeight - 12) * static_cast<double>(bin.rows) / static_cast<double>(most);
    body += svg::rectangle(plot.x_at(bin.confidence) - 4, base - height, 8, height, "bar for", "", tip(bin, when));
  }
  return body + svg::line(plot.left, base, plot.right(), base, "axis");
}

double lowest_confidence(const std::vector<CalibrationBin>& a, const std::vector<CalibrationBin>& b) {
  double lowest = 1;
  for (const auto* bins : {&a, &b}) {
    for (const auto& bin : *bins) lowest = std::min({lowest, bin.confidence, bin.accuracy});
  }
  return std::clamp(std::floor(lowest * 10) / 10, 0.0, 0.8);
}

}  // namespace

Drawing draw(const ReliabilityChart& chart) {
  const auto before = finite(chart.before), after = finite(chart.after);
  Drawing drawing{
      .width = kWidth,
      .height = 70,
      .title = chart.title,
      .description = "Accuracy over confidence, in bins of rows; on the diagonal a model says what it reaches.",
      .body = svg::text(0, kFontSize + 2, fitted(chart.title, 62), svg::Anchor::kStart, "title")};
  if (before.empty() && after.empty()) {
    drawing.body += svg::text(0, 52, "nothing to draw", svg::Anchor::kStart, "label faint");
    return drawing;
  }
  double y = 44;
  for (const auto* bins : {&before, &after}) {
    if (bins->empty()) continue;
    const bool is_after = bins == &after;
    const auto name = named(is_after ? "after" : "before", *bins);
    drawing.body += "<path d=\"M" + coordinate(kLeft) + " " + coordinate(y - 4) + "h20\" class=\"curve series-" +
                    (is_after ? "0" : "1") + "\"/>" + svg::text(kLeft + 26, y, name);
    drawing.description += " " + name + ".";
    y += 20;
  }
  const double lowest = lowest_confidence(before, after);
  const PlotArea plot{kLeft, y + 14, kWidth - kLeft - kRight, kHeight, ticks(lowest, 1), ticks(lowest, 1)};
  drawing.body += plot.axes("confidence", "accuracy");
  drawing.body += svg::line(plot.x_at(lowest), plot.y_at(lowest), plot.x_at(1), plot.y_at(1), "mark");
  if (!before.empty()) drawing.body += curve(before, plot, "series-1", "before");
  if (!after.empty()) drawing.body += curve(after, plot, "series-0", "after");
  const double counts_top = plot.bottom() + 62;
  drawing.body += after.empty() ? counts(before, plot, "before", counts_top) : counts(after, plot, "after", counts_top);
  drawing.height = counts_top + kCountsHeight + 8;
  return drawing;
}

std::string reliability_chart(const ReliabilityChart& chart) { return standalone(draw(chart)); }

}  // namespace attune::report
