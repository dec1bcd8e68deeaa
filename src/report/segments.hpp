// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "attune/report/explained_row.hpp"

namespace attune::report {

/// A piece of a cell as it is shown: whole graphemes that a mark covers, or what lies between; or the label of a token
/// without a place.
struct Segment {
  std::string text;     ///< UTF-8
  int64_t mark = -1;    ///< number of the mark; -1: none
  bool placed = true;   ///< stands in the cell's text
  bool unread = false;  ///< lies behind what the model read of the text
};

/// A cell in the order in which it is shown.
struct ShownCell {
  std::string column;
  std::vector<Segment> segments;
  std::string cut = {};  ///< a sentence that the model did not read the whole text; empty where it did
};

/// A row ready to be drawn.
struct ShownRow {
  std::vector<ShownCell> cells;
  std::vector<std::vector<int64_t>>
      marks;  ///< per highlight, as they are met, the numbers of the row's tokens it shows
};

/// Widens tokens to whole graphemes and joins those that then overlap. @param where begins a message
/// @throws UsageError for a token whose place is outside its text
[[nodiscard]] ShownRow shown_row(std::span<const Cell> cells, const std::string& where);

[[nodiscard]] int64_t token_count(std::span<const Cell> cells);

/// One value per mark: the sum over those of its tokens whose values are known (finite); NaN where none is.
[[nodiscard]] std::vector<double> summed(const ShownRow& row, std::span<const double> values);

}  // namespace attune::report
