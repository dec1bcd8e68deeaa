// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "attune/data/table.hpp"
#include "text_source.hpp"

namespace attune {

/// One JSON object a line. Columns are the keys of the first 1000 rows, in the order in which they come up; a key that
/// is absent or null reads as "", a string as its text, anything else as the JSON it is written as.
/// @throws InputError as open_table says.
[[nodiscard]] std::shared_ptr<const Table> open_json_lines_table(const std::filesystem::path& path, TextSource source,
                                                                 const TableOptions& options);

}  // namespace attune
