// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace attune {

/// `group` and `user` of `group:user`.
struct SplitMethod {
  std::string kind;
  std::string column;
};

/// @throws UsageError for an unknown method, or one without the column that it takes.
[[nodiscard]] SplitMethod parse_split_method(const std::string& text);

}  // namespace attune
