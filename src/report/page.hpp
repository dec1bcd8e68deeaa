// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attune/report/explained_row.hpp"
#include "drawing.hpp"

namespace attune::report {

/// A whole page around `body`. Its content security policy lets only this style and this script run, by their hashes.
/// @param data       of the script, as JSON; "" for none
/// @param generator  what writes such pages, which the page says of itself: "attune report"
[[nodiscard]] std::string page(const std::string& title, const std::string& body, std::string_view further_script = {},
                               const std::string& data = "", std::string_view generator = "attune");

/// The heading with the switch between light and dark, and what leads the page.
[[nodiscard]] std::string page_head(const std::string& title, const std::vector<std::string>& lead);

/// `<NAME class="STYLE">TEXT</NAME>`, escaped; without a class where there is none.
[[nodiscard]] std::string element(const std::string& name, const std::string& style, std::string_view text);
[[nodiscard]] std::string heading(std::string_view text);
/// A paragraph each.
[[nodiscard]] std::string sentences(const std::vector<std::string>& texts, const std::string& style = "");
[[nodiscard]] std::string bullets(const std::vector<std::string>& texts);
/// A table of name, value and meaning; nothing for none.
[[nodiscard]] std::string figures(std::span<const Figure> figures, const std::string& caption);
/// A table with a line for each thing that is compared, and what its columns mean below, folded; nothing without lines.
/// @throws UsageError for a line with another number of values than there are figures.
[[nodiscard]] std::string comparison_table(const Comparison& comparison);
/// Opens a part that is scrolled where it is too wide, by keyboard too. @param label names it; it ends with `</div>`
[[nodiscard]] std::string scrolled(std::string_view label);
[[nodiscard]] std::string picture(const Drawing& drawing, const std::string& id);
/// A picture that is scrolled rather than shrunk where it is much too wide.
[[nodiscard]] std::string diagram(const Drawing& drawing, const std::string& id);

}  // namespace attune::report
