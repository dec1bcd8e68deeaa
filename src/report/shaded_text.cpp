// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "attune/report/terminal.hpp"
#include "checks.hpp"
#include "segments.hpp"
#include "shades.hpp"
#include "terminal_colours.hpp"

namespace attune::report {
namespace {

/// Tokens with at least this share of the greatest value are marked where there are no colours.
constexpr double kMarkedShare = 1.0 / 3;

std::string marked(const std::string& text, double value, double most) {
  if (most == 0 || !(std::abs(value) >= kMarkedShare * most)) return text;  // nor where it is not known
  return value > 0 ? "[" + text + "]" : "{" + text + "}";
}

class Shading {
 public:
  Shading(const ShownRow& row, std::span<const double> values, Colours colours)
      : values_(summed(row, values)), levels_(shades(values_)), most_(greatest(values_)), colours_(colours) {}

  [[nodiscard]] std::string operator()(const Segment& segment) const {
    auto text = printable(segment.text, /*keeps_lines=*/segment.mark < 0);
    if (segment.mark < 0) return text;
    const auto mark = static_cast<size_t>(segment.mark);
    return colours_ == Colours::kNone ? marked(text, values_[mark], most_) : on_shade(text, levels_[mark], colours_);
  }

 private:
  std::vector<double> values_;
  std::vector<int> levels_;
  double most_;
  Colours colours_;
};

}  // namespace

std::string shaded_text(std::span<const Cell> cells, std::span<const double> values, Colours colours) {
  check_count(token_count(cells), std::ssize(values), "shaded text");
  const auto row = shown_row(cells, "shaded text");
  const Shading shading(row, values, colours);
  std::string text;
  for (const auto& cell : row.cells) {
    if (row.cells.size() > 1) text += printable(cell.column) + ": ";
    bool first = true;
    for (const auto& segment : cell.segments) {
      if (!segment.placed && !first) text += "  ";  // labels are no running text
      text += shading(segment);
      first = false;
    }
    text += '\n';
  }
  return text;
}

}  // namespace attune::report
