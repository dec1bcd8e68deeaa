// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "attune/core/error.hpp"
#include "attune/report/terminal.hpp"
#include "numbers.hpp"
#include "series.hpp"
#include "terminal_colours.hpp"

namespace attune::report {
namespace {

constexpr int64_t kNarrowest = 30, kLowest = 4;
constexpr size_t kMostSeries = 4;
constexpr int kDotsAcross = 2, kDotsDown = 4;  // of a Braille pattern

/// Where a value lies in its range, 0 to 1. Halves are subtracted: the range of the largest numbers is none itself.
double share(const Range& range, double value) {
  const double span = range.high / 2 - range.low / 2;
  return span > 0 ? (value / 2 - range.low / 2) / span : 0.5;
}

/// Characters of 2 x 4 dots; each is coloured as the last series that touched it.
class Canvas {
 public:
  Canvas(int64_t columns, int64_t lines)
      : columns_(columns), lines_(lines), dots_(static_cast<size_t>(columns * lines)), hues_(dots_.size()) {}

  [[nodiscard]] int64_t width() const { return columns_ * kDotsAcross; }
  [[nodiscard]] int64_t height() const { return lines_ * kDotsDown; }

  /// What rounding puts beside the canvas is set at its edge.
  void set(int64_t x, int64_t y, size_t hue) {
    x = std::clamp<int64_t>(x, 0, width() - 1);
    y = std::clamp<int64_t>(y, 0, height() - 1);
    // Unicode numbers the dots of a pattern 1 2 3 down the left, 4 5 6 down the right, 7 8 below.
    constexpr int kBits[kDotsDown][kDotsAcross] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    const auto at = static_cast<size_t>(y / kDotsDown * columns_ + x / kDotsAcross);
    dots_[at] |= kBits[y % kDotsDown][x % kDotsAcross];
    hues_[at] = hue;
  }

  [[nodiscard]] std::string line(int64_t number, Colours colours) const {
    std::string text;
    for (int64_t c = 0; c < columns_; ++c) {
      const auto at = static_cast<size_t>(number * columns_ + c);
      text += dots_[at] == 0 ? " " : in_hue(braille(dots_[at]), hues_[at], colours);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

 private:
  static std::string braille(int dots) {  // U+2800 + dots
    return {'\xE2', static_cast<char>(0xA0 + (dots >> 6)), static_cast<char>(0x80 + (dots & 0x3F))};
  }

  int64_t columns_, lines_;
  std::vector<int> dots_;
  std::vector<size_t> hues_;
};

/// A dot wherever the way from one point to the next passes.
void draw(const Series& series, const Range& x, const Range& y, size_t hue, Canvas& canvas) {
  const auto column = [&](size_t i) { return share(x, series.x[i]) * static_cast<double>(canvas.width() - 1); };
  const auto row = [&](size_t i) { return (1 - share(y, series.y[i])) * static_cast<double>(canvas.height() - 1); };
  for (size_t i = 0; i < series.x.size(); ++i) {
    if (!is_point(series, i)) continue;
    const auto from = i > 0 && is_point(series, i - 1) ? i - 1 : i;
    const auto steps = std::ceil(std::max({std::abs(column(i) - column(from)), std::abs(row(i) - row(from)), 1.0}));
    for (int64_t step = 0; step <= static_cast<int64_t>(steps); ++step) {
      const double part = static_cast<double>(step) / steps;
      canvas.set(std::lround(column(from) + part * (column(i) - column(from))),
                 std::lround(row(from) + part * (row(i) - row(from))), hue);
    }
  }
}

void check(const LineChart& chart, int64_t columns, int64_t lines) {
  if (columns < kNarrowest || lines < kLowest) {
    throw UsageError("terminal chart: expected at least " + std::to_string(kNarrowest) + " columns and " +
                     std::to_string(kLowest) + " lines, found " + std::to_string(columns) + " and " +
                     std::to_string(lines));
  }
  if (chart.series.size() > kMostSeries) {
    throw UsageError("terminal chart: expected at most " + std::to_string(kMostSeries) + " series, found " +
                     std::to_string(chart.series.size()));
  }
  for (const auto& series : chart.series) check_series(series);
}

std::string padded(const std::string& text, int64_t columns) {
  return std::string(static_cast<size_t>(std::max<int64_t>(0, columns - display_width(text))), ' ') + text;
}

/// "⣿ training rows, at the end 0.21"; the end tells curves apart where there are no colours.
std::string legend(const LineChart& chart, Colours colours) {
  std::string text;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const auto& series = chart.series[i];
    std::string end;
    for (size_t p = 0; p < series.x.size(); ++p) {
      if (is_point(series, p)) end = ", at the end " + significant(series.y[p]);
    }
    text += in_hue("⣿", i, colours) + " " + printable(series.name) + end + "\n";
  }
  return chart.series.size() > 1 ? text : "";
}

}  // namespace

std::string terminal_chart(const LineChart& chart, int64_t columns, int64_t lines, Colours colours) {
  check(chart, columns, lines);
  const auto [x, y] = ranges_of(chart);
  const auto title = fitted(printable(chart.title), columns) + "\n";
  if (x.empty()) return title + "nothing to draw\n";
  const auto high = significant(y.high), low = significant(y.low);
  const auto margin = std::max(std::ssize(high), std::ssize(low));
  Canvas canvas(columns - margin - 2, lines);
  for (size_t i = 0; i < chart.series.size(); ++i) draw(chart.series[i], x, y, i, canvas);
  auto text = title;
  for (int64_t line = 0; line < lines; ++line) {
    const auto label = line == 0 ? high : line == lines - 1 ? low : "";
    text += padded(label, margin) + (label.empty() ? " │" : " ┤") + canvas.line(line, colours) + "\n";
  }
  const auto from = significant(x.low), to = significant(x.high) + " " + printable(chart.x_label);
  text += padded("", margin + 2) + from + padded(to, columns - margin - 2 - std::ssize(from)) + "\n";
  return text + legend(chart, colours);
}

}  // namespace attune::report
