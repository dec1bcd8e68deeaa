// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "attune/core/json.hpp"

namespace attune {

/// The keys stand in the order in which they were written. Dates and times become texts (RFC 3339).
/// @param source how the text is called in messages (a file name). @throws UsageError with line and column.
[[nodiscard]] Json parse_toml(std::string_view text, std::string_view source);

/// Objects become tables, arrays of objects arrays of tables; the order of keys is kept, so that a table or list of
/// tables which stands before a plain value of the same object is written inline. `comments` maps "table.key" to a
/// comment written above that key or table (not inside inline ones). Round trip: parse_toml(to_toml(j)) == j for every
/// object j of valid UTF-8 without null, NaN, binary data and integers above 2^63 - 1. @throws UsageError for null,
/// binary data, such integers, invalid UTF-8, and when j is not an object.
[[nodiscard]] std::string to_toml(const Json& json, const std::map<std::string, std::string>& comments = {});

}  // namespace attune
