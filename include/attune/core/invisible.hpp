// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attune {

/// Names that look the same on a page and are not: control characters, what Unicode calls default ignorable (zero-width
/// space, byte order mark, soft hyphen) and blanks other than the plain one. All functions take UTF-8, leave bytes that
/// are none as they are, and are thread-safe.

/// As a reader sees it: invisible characters left out, and a plain blank for each that looks like one.
[[nodiscard]] std::string as_seen(std::string_view text);

/// `te\u200Bxt`: such characters by their numbers.
[[nodiscard]] std::string with_escapes(std::string_view text);

/// The escapes of such characters, each once, in the order of the text.
[[nodiscard]] std::vector<std::string> invisible_in(std::string_view text);

}  // namespace attune
