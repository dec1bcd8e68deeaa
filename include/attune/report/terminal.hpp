// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attune/report/charts.hpp"
#include "attune/report/explained_row.hpp"

namespace attune::report {

/// What a terminal can show.
enum class Colours { kNone, k256, k24Bit };

/// What decides that; empty where a variable is not set.
struct TerminalEnvironment {
  bool is_terminal = false;     ///< standard output
  std::string no_color = {};    ///< NO_COLOR: any text forbids colours (no-color.org)
  std::string color_term = {};  ///< COLORTERM: truecolor or 24bit
  std::string term = {};        ///< TERM: dumb, xterm-256color, xterm-direct ..
};
[[nodiscard]] Colours terminal_colours(const TerminalEnvironment& environment);

/// Columns that a text takes on a terminal: two for wide East Asian characters and emoji, none for combining marks.
/// Graphemes count once. @throws InputError above 1 GiB.
[[nodiscard]] int64_t display_width(std::string_view text);

/// As many graphemes from the front as fit into `columns`, ".." behind them when something was cut off.
[[nodiscard]] std::string fitted(std::string_view text, int64_t columns);

/// A row as a text whose tokens have a background, the stronger the greater their value: blue for those that speak for
/// the answer, orange for those against. Without colours, of the tokens with at least a third of the greatest value,
/// [those for] and {those against} are in brackets. A line or more per cell, after its column's name where there are
/// several; control characters of the data are escaped, so that nothing in it steers the terminal. Ends with a line
/// end.
/// @throws UsageError when values are not as many as the row's tokens, or a token's place is outside its text
[[nodiscard]] std::string shaded_text(std::span<const Cell> cells, std::span<const double> values, Colours colours);

struct TableOptions {
  size_t most = 10;      ///< tokens; the others are counted
  int64_t columns = 80;  ///< of the terminal
  Colours colours = Colours::kNone;
};
/// The tokens with the greatest values, sign aside, each with its value and a bar; values that are not finite are not
/// known and come last. A line per token.
/// @throws UsageError as above.
[[nodiscard]] std::string token_table(std::span<const Cell> cells, std::span<const double> values,
                                      const TableOptions& options = {});

/// Curves in dots (Braille patterns), with their range at the left. At most four series, told apart by a legend and,
/// where there are colours, by hue. @throws UsageError for x and y of different numbers, or fewer than 30 columns or 4
/// lines
[[nodiscard]] std::string terminal_chart(const LineChart& chart, int64_t columns, int64_t lines,
                                         Colours colours = Colours::kNone);

}  // namespace attune::report
