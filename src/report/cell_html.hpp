// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/report/explained_row.hpp"
#include "segments.hpp"

namespace attune::report {

/// How the cells of a row are shown.
struct CellStyle {
  std::string id;                        ///< of the row, unique in the page
  std::vector<int> shades = {};          ///< per mark (shades.hpp)
  std::vector<std::string> titles = {};  ///< per mark, shown by the browser; none: nothing
  int64_t most_segments = 2000;          ///< of a cell; what lies beyond is the rest
};

struct CellsHtml {
  std::string html;
  /// Per cell with a rest its number and its further segments: a string for a mark, a list of one for what lies
  /// between, with "unread" behind it for what the model did not read.
  Json rest = Json::object();
};

/// Each cell under its column's name, its text with marks as `<i>`, in whichever direction its script runs; tokens
/// without a place as a list of labels. A long text is folded, with a button; where the model did not read on, that is
/// said.
[[nodiscard]] CellsHtml cells_html(const ShownRow& row, const CellStyle& style);

/// "negative 79.6 %", the other answers, what is explained where that is not the answer, and what is true where it is
/// known.
[[nodiscard]] std::string answer_html(const ExplainedRow& row);

}  // namespace attune::report
