// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/data/table.hpp"
#include "attune/explain/method.hpp"
#include "attune/explain/subject.hpp"
#include "attune/report/explained_row.hpp"
#include "attune/report/terminal.hpp"

namespace attune::app {

/// "reviews.csv, row 41": where a row stands, without the folder.
[[nodiscard]] std::string row_name(const Table& table, int64_t row);

/// What the table has in the column that is explained; nothing where it has no such column.
[[nodiscard]] std::optional<std::string> truth_of(const Table& table, int64_t row, const Subject& subject);

/// What one method says of some rows.
struct MethodResult {
  const Method* method;
  std::vector<Attribution> attributions;  ///< one a row
};

/// The cells of a row with its tokens, as they are drawn: texts with places in them, others by their labels.
[[nodiscard]] std::vector<report::Cell> drawn_cells(const Subject& subject);

/// One row with what every method says of it. @param index of the row among the results; @param name of the row
[[nodiscard]] report::ExplainedRow drawn_row(const Subject& subject, size_t index,
                                             std::span<const MethodResult> results, const std::string& name);

/// How explanations are shown on a terminal.
struct TextStyle {
  size_t top = 10;  ///< tokens that are listed below a text; 0: none
  report::Colours colours = report::Colours::kNone;
};
/// The row shaded by each method, and its strongest tokens as a table.
[[nodiscard]] std::string explanation_text(const Subject& subject, size_t index, std::span<const MethodResult> results,
                                           const TextStyle& style);

/// {"row": 1, "output": "label", "explained": "positive", "probability": .., "tokens": [{"input", "text",
/// "begin", "end"}] (of texts; other tokens are columns), "methods": {"gradient_path": {"values": [..], ..}}}
[[nodiscard]] Json explanation_json(const Subject& subject, size_t index, std::span<const MethodResult> results,
                                    int64_t number);

/// The answer that is explained: a class, or the column of a number.
[[nodiscard]] std::string explained_answer(const Subject& subject);

}  // namespace attune::app
