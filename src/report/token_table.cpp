// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "checks.hpp"
#include "numbers.hpp"
#include "segments.hpp"
#include "shades.hpp"
#include "terminal_colours.hpp"

namespace attune::report {
namespace {

constexpr int64_t kValueColumns = 10, kLongestBar = 24, kNarrowest = 24;
constexpr double kLargestInFull = 1e6;

struct Line {
  std::string label;
  double value;
};

/// One per mark, as what it shows reads, the column before it where there are several.
std::vector<Line> lines_of(std::span<const Cell> cells, std::span<const double> values) {
  const auto row = shown_row(cells, "token table");
  const auto sums = summed(row, values);
  std::vector<Line> lines;
  for (const auto& cell : row.cells) {
    for (const auto& segment : cell.segments) {
      if (segment.mark < 0) continue;
      const auto column = row.cells.size() > 1 && segment.placed ? cell.column + ": " : "";
      lines.push_back({printable(column + segment.text), sums[static_cast<size_t>(segment.mark)]});
    }
  }
  return lines;
}

std::string spaces(int64_t columns) { return std::string(static_cast<size_t>(std::max<int64_t>(columns, 0)), ' '); }

/// The strongest first; those whose value is not known last.
void sort(std::vector<Line>& lines) {
  const auto size = [](const Line& line) { return std::isfinite(line.value) ? std::abs(line.value) : -1; };
  std::stable_sort(lines.begin(), lines.end(), [&](const Line& a, const Line& b) { return size(a) > size(b); });
}

/// In eighths of a column; nothing for a share that is not known.
std::string bar(double share, int64_t columns) {
  constexpr const char* kParts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!std::isfinite(share)) return "";
  const auto eighths = std::lround(std::abs(share) * static_cast<double>(columns) * 8);
  std::string text;
  for (long i = 0; i < eighths / 8; ++i) text += "█";
  return text + kParts[eighths % 8];
}

/// All with the digits after the point that the greatest has with three significant ones, so that the points align.
std::string right_aligned(double value, double most) {
  const int decimals = most > 0 ? std::clamp(2 - static_cast<int>(std::floor(std::log10(most))), 0, 6) : 0;
  const auto text = std::abs(value) < kLargestInFull ? fixed(value, decimals) : significant(value);  // or "not known"
  return spaces(kValueColumns - std::ssize(text)) + text;
}

}  // namespace

std::string token_table(std::span<const Cell> cells, std::span<const double> values, const TableOptions& options) {
  check_count(token_count(cells), std::ssize(values), "token table");
  auto lines = lines_of(cells, values);
  const auto all = std::ssize(lines);
  sort(lines);
  lines.resize(std::min(lines.size(), options.most));
  const auto columns = std::max(options.columns, kNarrowest);
  const auto bar_columns = std::clamp((columns - kValueColumns) / 3, int64_t{4}, kLongestBar);
  int64_t label_columns = 1;
  for (const auto& line : lines) label_columns = std::max(label_columns, display_width(line.label));
  label_columns = std::min(label_columns, columns - kValueColumns - bar_columns - 2);
  const double most = lines.empty() || std::isnan(lines.front().value) ? 0 : std::abs(lines.front().value);
  std::string text;
  for (const auto& line : lines) {
    const auto label = fitted(line.label, label_columns);
    const auto drawn = bar(most > 0 ? line.value / most : 0, bar_columns);
    text += label + spaces(label_columns - display_width(label)) + right_aligned(line.value, most);
    text += drawn.empty() ? "\n" : "  " + in_hue(drawn, line.value < 0 ? 1 : 0, options.colours) + "\n";
  }
  if (all > std::ssize(lines)) text += "and " + counted(all - std::ssize(lines), "token") + " with smaller values\n";
  return text;
}

}  // namespace attune::report
