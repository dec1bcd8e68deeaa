// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/core/json.hpp"
#include "attune/data/table.hpp"

namespace attune {

/// What a table was when a model was trained on it: {"name", "rows", "columns", "sha256"}; the hash is over column
/// names and all cells, each preceded by its length, so that format, quoting and compression do not change it.
[[nodiscard]] Json fingerprint(const Table& table);

/// Whether a table has the column names and cells of a fingerprint, whatever its name. Cells are read only when all
/// else is alike.
[[nodiscard]] bool has_fingerprint(const Table& table, const Json& print);

}  // namespace attune
