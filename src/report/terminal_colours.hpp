// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "attune/report/terminal.hpp"

namespace attune::report {

/// `text` on a background of shade -8 to 8 (shades.hpp), with a foreground that can be read on it; the text alone for 0
/// and without colours.
[[nodiscard]] std::string on_shade(std::string_view text, int shade, Colours colours);

/// `text` in one of four hues.
[[nodiscard]] std::string in_hue(std::string_view text, size_t hue, Colours colours);

/// What a terminal may be given: control characters and what cannot be seen are escaped, but for joiners and selectors
/// inside graphemes that are seen, and line ends where `keeps_lines`.
[[nodiscard]] std::string printable(std::string_view text, bool keeps_lines = false);

}  // namespace attune::report
