// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace attune {

/// Position of the first byte that does not begin or continue well-formed UTF-8 (Unicode, table 3-7: no overlong forms,
/// no surrogates, nothing above U+10FFFF); npos when there is none. ASCII is passed over 32 bytes at a time.
[[nodiscard]] size_t invalid_utf8(std::string_view text);

/// Characters (code points) of valid UTF-8.
[[nodiscard]] int64_t count_characters(std::string_view text);

/// Characters with the Unicode property White_Space.
[[nodiscard]] int64_t count_white_space(std::string_view text);

/// `0xE9`.
[[nodiscard]] std::string hex_byte(char byte);

}  // namespace attune
