// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "attune/data/table.hpp"
#include "strata.hpp"

namespace attune {

/// True when rows of the same stratum stand together: their runs are ten times longer than in shuffled rows.
[[nodiscard]] bool looks_sorted(const Strata& strata);

/// The first column other than `label_column` whose cells (numbers, or dates that begin with year, month and day) never
/// fall from row to row and rise at least ten times; empty cells are passed over.
[[nodiscard]] std::optional<std::string> time_like_column(const Table& table, int label_column);

}  // namespace attune
