// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "attune/data/table.hpp"
#include "field_scanner.hpp"
#include "text_source.hpp"

namespace attune {

/// A TSV cell is what stands between tabs: quotes are data, and a cell holds no tab and no line's end.
inline constexpr Dialect kTabSeparated{'\t', false};

/// @throws InputError as open_table says.
[[nodiscard]] std::shared_ptr<const Table> open_delimited_table(const std::filesystem::path& path, TextSource source,
                                                                Dialect dialect, const TableOptions& options);

}  // namespace attune
