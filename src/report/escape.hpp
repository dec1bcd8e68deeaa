// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "attune/core/json.hpp"

namespace attune::report {

/// For HTML and XML, between tags and in quoted attributes. Bytes that are no UTF-8 and characters that neither may
/// hold become U+FFFD, control characters the picture of themselves (␀).
[[nodiscard]] std::string markup(std::string_view text);

/// For a `<script>` element: no character that could end it, begin a comment, or break a line of JavaScript.
[[nodiscard]] std::string script_json(const Json& json);

}  // namespace attune::report
