// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/core/json.hpp"

/// The table, line by line, as text for a terminal or as Markdown.
namespace attune::bench {

[[nodiscard]] std::string text_header();
[[nodiscard]] std::string text_line(const Json& row);

/// @param rows as measure_row() makes them; at least one
[[nodiscard]] std::string markdown(const std::vector<Json>& rows);

}  // namespace attune::bench
