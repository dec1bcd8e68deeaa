// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attune {

/// Bytes as letters, for JSON.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// None for what is not base64.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace attune
