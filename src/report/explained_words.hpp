// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "attune/report/explained_row.hpp"

namespace attune::report {

/// What the values of a row speak for: what it says is explained, or its answer.
[[nodiscard]] std::string explained_label(const ExplainedRow& row);

/// Whether that is another class than the answer.
[[nodiscard]] bool explains_another(const ExplainedRow& row);

/// The same in a sentence: `“neg”`, cut to `columns`; `the number` where a number has no name.
[[nodiscard]] std::string explained_words(const ExplainedRow& row, int64_t columns = 40);

/// The same of all rows, which have classes: `the answer`, `“neg”`, or, where they differ, `what is explained`.
[[nodiscard]] std::string explained_words(std::span<const ExplainedRow> rows);

/// That the model did not read the whole text; empty where it did.
[[nodiscard]] std::string cut_sentence(const Cell& cell);

/// What belongs to no token; empty where that is nothing.
[[nodiscard]] std::string elsewhere_sentence(const Attribution& attribution);

}  // namespace attune::report
