// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace attune {

/// What may stand between the fields of a line, and at its end (a carriage return of DOS).
constexpr std::string_view kFieldBlanks = " \t\r";

/// The pieces of a line between blanks.
inline std::vector<std::string_view> blank_separated(std::string_view line) {
  std::vector<std::string_view> fields;
  for (size_t at = 0; (at = line.find_first_not_of(kFieldBlanks, at)) != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(kFieldBlanks, at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = end;
  }
  return fields;
}

}  // namespace attune
