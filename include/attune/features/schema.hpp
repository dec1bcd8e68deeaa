// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/data/table.hpp"

namespace attune {

/// One typed input or output and the columns it binds.
struct Binding {
  std::string name;  ///< the column's name, or for several columns the type's ("numbers", "numbers_2")
  std::string type;  ///< "text", "category", "numbers", "number"
  std::vector<std::string> columns;
  Json options = Json::object();  ///< of the type: {"unit": "words", "max_length": 256}
};

/// What a model reads and what it predicts.
struct Schema {
  std::vector<Binding> inputs;
  std::vector<Binding> outputs;
};

/// Reads `COLUMN[,COLUMN..][:TYPE[:OPTION=VALUE[,OPTION=VALUE..]]]`; COLUMN may contain * and ? to match several names
/// of the table. A missing type is guessed later (type ""). @throws UsageError: no such column (nearest suggested),
/// unknown type or option (nearest suggested), an option's value of the wrong kind.
[[nodiscard]] Binding parse_input(std::string_view text, const Table& table);
[[nodiscard]] Binding parse_output(std::string_view text, const Table& table);

/// Fills what was left open: with no inputs, every column that is no output becomes one (numeric columns join one
/// `numbers` input; identifiers, constant columns and `split_column` are left out, and said); types by the columns'
/// profiles. Each decision becomes a sentence in `notes`. @param split_column the column that says which rows are for
/// validation: in training and after it, it says nothing else; "": none. @throws UsageError when nothing remains as
/// input, or a column is both input and output, or one column is bound twice.
[[nodiscard]] Schema complete_schema(const Schema& given, const Table& table, std::vector<std::string>& notes,
                                     const std::string& split_column = "");

/// @throws UsageError unless a schema leaves nothing open: at least one input and one output, each with a name of its
/// own, a known type and as many columns as that reads, and no column bound twice; InputError when the table lacks one
/// of its columns (nearest suggested). Options are checked when features are made.
void check_complete(const Schema& schema, const Table& table);

[[nodiscard]] Json to_json(const Schema& schema);
[[nodiscard]] Schema schema_from_json(const Json& json);

}  // namespace attune
