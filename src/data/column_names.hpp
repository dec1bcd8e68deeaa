// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {

/// `a, b, c`: the first twelve of the names, for messages.
[[nodiscard]] inline std::string joined(const std::vector<std::string>& names) {
  constexpr size_t kShown = 12;
  std::string text;
  for (size_t i = 0; i < names.size() && i < kShown; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kShown) text += ", ..";
  return text;
}

/// @throws InputError when there are none, or two of the same name.
inline void check_column_names(const std::vector<std::string>& names, const std::string& table) {
  if (names.empty()) throw InputError(table + ": no columns");
  std::set<std::string_view> seen;
  for (const auto& name : names) {
    if (!seen.insert(name).second) {
      throw InputError(table + ": two columns are named \"" + name + "\"; give every column a name of its own");
    }
  }
}

}  // namespace attune
