// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace attune {

/// Without spaces and tabs around it.
[[nodiscard]] std::string_view trimmed(std::string_view cell);

/// True for an optional sign and digits, blanks around it allowed.
[[nodiscard]] bool is_integer(std::string_view cell);

}  // namespace attune
