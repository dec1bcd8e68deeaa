// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "attune/core/json.hpp"

namespace attune {

/// @param source how the text is called in messages (a file name). @throws UsageError with line and column.
[[nodiscard]] Json parse_toml(std::string_view text, std::string_view source);

/// Objects become tables, arrays of objects arrays of tables; the order of keys is kept.
/// `comments` maps "table.key" to a comment written above that key. Round trip: parse_toml(to_toml(j)) == j for every j
/// without null.
[[nodiscard]] std::string to_toml(const Json& json, const std::map<std::string, std::string>& comments = {});

}  // namespace attune
