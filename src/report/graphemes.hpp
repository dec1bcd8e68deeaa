// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace attune::report {

/// Invalid bytes become U+FFFD. @throws InputError above 1 GiB, where ICU's indices end.
[[nodiscard]] icu::UnicodeString decode(std::string_view text);

/// Where characters as a reader sees them begin and end: UTF-16 indices from 0 to the length, both among them.
[[nodiscard]] std::vector<int32_t> grapheme_boundaries(const icu::UnicodeString& text);

/// Calls visit(text, begin, end) for each grapheme: UTF-16 range.
template <class Visit>
void for_each_grapheme(std::string_view text, Visit&& visit) {
  const auto decoded = decode(text);
  const auto boundaries = grapheme_boundaries(decoded);
  for (size_t i = 1; i < boundaries.size(); ++i) visit(decoded, boundaries[i - 1], boundaries[i]);
}

}  // namespace attune::report
