// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "gzip.hpp"

namespace attune {

/// What stands in converted text for bytes that are not of the encoding: a byte that no UTF-8 text contains, so that
/// the reader of the table names the row, or leaves it out, as it does for invalid UTF-8.
inline constexpr char kUnconvertible = '\xFF';

/// True when `encoding` is a name of UTF-8. @throws UsageError for a name ICU does not know (nearest suggested).
[[nodiscard]] bool is_utf8_name(const std::string& encoding);

/// Converts to UTF-8. @throws as is_utf8_name.
void convert_to_utf8(std::string_view bytes, const std::string& encoding, const ByteSink& sink);

}  // namespace attune
