// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attune/data/table.hpp"

namespace attune {

/// The parts of a text between separators; one empty part for an empty text.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// True when `*` (any run) and `?` (any one character) in the pattern can be filled to give the name.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view name);

/// The columns that `A,B*` stands for, each once, in the order given; none when a part names no column. A text that is
/// a column's name as a whole is that column, commas and all.
[[nodiscard]] std::optional<std::vector<std::string>> find_columns(std::string_view list, const Table& table);

/// @throws UsageError naming the first part of the list that names no column, with the nearest one.
[[noreturn]] void refuse_columns(std::string_view list, const Table& table);

}  // namespace attune
