// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attune {

/// A line that JSON Lines pass over: nothing but blanks, tabs and a carriage return.
[[nodiscard]] bool is_blank_line(std::string_view line);

/// The cells that a line with a JSON object has for `columns`, as in a JSON Lines table: an absent key is an empty
/// cell, and keys that are no columns are passed over.
/// @throws InputError (without the line's place: the caller adds it): invalid UTF-8, no JSON object, an object whose
/// keys are all none of the columns.
[[nodiscard]] std::vector<std::string> read_json_row(std::string_view line, const std::vector<std::string>& columns);

}  // namespace attune
