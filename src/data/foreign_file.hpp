// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace attune {

/// What people have in the place of a table, known by its first bytes: a workbook, an archive, a database.
/// @throws InputError naming what the file is and the way out.
void refuse_foreign_file(std::string_view bytes, const std::string& path);

/// A text whose only line ends are carriage returns would be one row. @throws InputError naming the way out.
void refuse_carriage_returns(std::string_view text, const std::string& path);

/// True for a text that begins as a JSON array of objects does.
[[nodiscard]] bool begins_as_json_array(std::string_view text);

/// One JSON document over several lines, or an array, where JSON Lines are expected.
/// @throws InputError naming the way out.
void refuse_json_document(std::string_view text, const std::string& path);

}  // namespace attune
