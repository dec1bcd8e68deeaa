// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "attune/core/error.hpp"
#include "attune/features/feature.hpp"

namespace attune {

/// `FILE, row 41, column "label": WHAT`.
[[nodiscard]] InputError cell_error(const Table& table, int64_t row, int column, std::string_view what);

/// A cell as it stands in a message: in quotes, cut after 40 characters.
[[nodiscard]] std::string in_quotes(std::string_view cell);

/// Without blanks at the ends (ASCII white space).
[[nodiscard]] std::string_view without_blanks(std::string_view cell);

/// Calls visit(row, cell) for the first bound column of every row.
template <class Visit>
void for_each_cell(const ColumnsView& view, Visit&& visit) {
  Row cells;
  for (const auto row : view.rows) {
    view.table.read(row, cells);
    visit(row, cells[view.columns.front()]);
  }
}

}  // namespace attune
