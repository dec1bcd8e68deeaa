// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/explain/attention_mass.hpp"
#include "attune/explain/method.hpp"
#include "attune/explain/subject.hpp"
#include "attune/report/explained_row.hpp"

namespace attune::app {

/// What one method says of some rows.
struct MethodResult {
  const Method* method;
  std::vector<Attribution> attributions;  ///< one a row
};

/// The cells of a row with its tokens, as they are drawn: texts with places in them, others by their labels.
[[nodiscard]] std::vector<report::Cell> drawn_cells(const Subject& subject);

/// One row with what every method says of it. @param number of the row, from 1; @param name of its table
[[nodiscard]] report::ExplainedRow drawn_row(const Subject& subject, size_t index,
                                             std::span<const MethodResult> results, const std::string& name);

/// What every head looks at, and on request its whole matrix where the row is short enough to be read.
void add_heads(const Subject& subject, bool with_matrices, report::ExplainedRow& row);

/// {"row": 1, "output": "label", "explained": "positive", "probability": .., "tokens": [{"input", "begin", "end",
/// "text"}], "methods": {"gradient_path": {"values": [..], ..}}}
[[nodiscard]] Json explanation_json(const Subject& subject, size_t index, std::span<const MethodResult> results,
                                    int64_t number);

/// The answer that is explained: a class, or the column of a number.
[[nodiscard]] std::string explained_answer(const Subject& subject);

}  // namespace attune::app
