// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "drawing.hpp"
#include "numbers.hpp"

namespace attune::report {
namespace {

constexpr size_t kMostBars = 60;
constexpr int64_t kLabelColumns = 26, kColumns = 62;  // of a bar, of a whole line
constexpr double kWidth = 480, kLineHeight = 22, kValueWidth = 64, kTop = 54;

struct Scale {
  double zero = 0, unit = 0;  // x of the value 0, and width of the value 1
  [[nodiscard]] double at(double value) const { return zero + unit * value; }
};

Scale scale_of(const std::vector<Bar>& bars, double left) {
  double low = 0, high = 0;
  for (const auto& bar : bars) {
    low = std::min(low, bar.value);
    high = std::max(high, bar.value);
  }
  // Values are written beyond the end of their bars, on both sides where there are bars on both.
  const double from = left + (low < 0 ? kValueWidth : 0), to = kWidth - kValueWidth;
  const double unit = high > low ? (to - from) / (high - low) : 0;
  return {from - low * unit, unit};
}

std::string drawn_bar(const Bar& bar, const Scale& scale, double left, double y) {
  const double x = scale.at(std::min(bar.value, 0.0)), width = std::abs(bar.value) * scale.unit;
  const bool against = bar.value < 0;
  auto body = svg::text(left - 8, y + kFontSize * 0.35, fitted(bar.label, kLabelColumns), svg::Anchor::kEnd);
  body += svg::rectangle(x, y - 7, std::max(width, 0.5), 14, against ? "bar against" : "bar for", "",
                         bar.label + ": " + significant(bar.value));
  return body + svg::text(against ? x - 5 : x + width + 5, y + kFontSize * 0.35, significant(bar.value),
                          against ? svg::Anchor::kEnd : svg::Anchor::kStart, "label figure");
}

std::string description_of(const BarChart& chart, const std::vector<Bar>& bars) {
  constexpr size_t kMost = 5;
  std::vector<std::string> texts;
  for (size_t i = 0; i < std::min(bars.size(), kMost); ++i)
    texts.push_back(bars[i].label + " " + significant(bars[i].value));
  if (bars.size() > kMost) texts.push_back(counted(std::ssize(bars) - std::ssize(texts), "more bar"));
  auto text = chart.value_label + " of " + counted(std::ssize(bars), "bar") +
              (texts.empty() ? "." : ": " + listed(texts) + ".");
  for (const auto& note : chart.notes) text += " " + note;
  return text;
}

std::vector<Bar> drawn_bars(const BarChart& chart) {
  std::vector<Bar> bars;
  for (const auto& bar : chart.bars) {
    if (std::isfinite(bar.value) && bars.size() < kMostBars) bars.push_back(bar);
  }
  return bars;
}

}  // namespace

Drawing draw(const BarChart& chart) {
  const auto bars = drawn_bars(chart);
  double left = 20;
  for (const auto& bar : bars) left = std::max(left, 12 + text_width(fitted(bar.label, kLabelColumns)));
  const auto scale = scale_of(bars, left);
  Drawing drawing{.width = kWidth,
                  .height = kTop + kLineHeight * static_cast<double>(bars.size()) + 8,
                  .title = chart.title,
                  .description = description_of(chart, bars),
                  .body = svg::text(0, kFontSize + 2, fitted(chart.title, kColumns), svg::Anchor::kStart, "title")};
  drawing.body += svg::text(bars.empty() ? 0 : left, 38, bars.empty() ? "nothing to draw" : chart.value_label,
                            svg::Anchor::kStart, "label faint");
  double y = kTop + 8;
  for (const auto& bar : bars) {
    drawing.body += drawn_bar(bar, scale, left, y);
    y += kLineHeight;
  }
  if (!bars.empty()) drawing.body += svg::line(scale.zero, kTop - 6, scale.zero, y - kLineHeight + 14, "axis");
  if (const auto more = std::ssize(chart.bars) - std::ssize(bars); more > 0) {
    drawing.body += svg::text(left, y + kFontSize * 0.35, with_commas(more) + " more are not shown",
                              svg::Anchor::kStart, "label faint");
    drawing.height += kLineHeight;
    y += kLineHeight;
  }
  for (const auto& note : chart.notes) {
    drawing.body += svg::text(0, y + kFontSize * 0.35, fitted(note, kColumns), svg::Anchor::kStart, "label faint");
    drawing.height += kLineHeight;
    y += kLineHeight;
  }
  return drawing;
}

std::string bar_chart(const BarChart& chart) { return standalone(draw(chart)); }

}  // namespace attune::report
