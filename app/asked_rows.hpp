// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/data/table.hpp"
#include "attune/model/model.hpp"

namespace attune::app {

/// What the arguments after the model of `predict` and `explain` name.
enum class Asked {
  kLines,  ///< standard input: - or nothing
  kTable,  ///< one argument that is a file, or is called as one
  kTexts,  ///< all else
};
[[nodiscard]] Asked what_is_asked(const std::vector<std::string>& items);

/// Every column that the model reads, in the order of its inputs.
[[nodiscard]] std::vector<std::string> input_columns(const Model& model);

/// A row for each text. `verb` begins messages.
/// @throws UsageError when the model reads several columns, or a text is - or called as a file is, and when flags for
/// reading tables are in `given`.
[[nodiscard]] std::shared_ptr<const Table> table_of_texts(const Model& model, const std::vector<std::string>& texts,
                                                          const Json& given, const std::string& verb);

/// @throws UsageError for flags for reading tables in `given`, but for --skip-bad-rows.
void refuse_reading_flags_for_lines(const Json& given);

}  // namespace attune::app
