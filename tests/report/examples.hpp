// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/report/explain_page.hpp"
#include "attune/report/report_page.hpp"

namespace attune::report::testing {

/// Pages of made-up numbers that hold what is awkward to draw: a long Chinese review, English with combining marks and
/// emoji, Arabic, thirty numbers, an empty text, a text of 50,000 characters, and markup that wants to be run.
[[nodiscard]] ExplainPage example_explain_page();
[[nodiscard]] ReportPage example_report_page();

/// What must never be run nor read as markup; the page's script would be seen to be under another's control.
[[nodiscard]] std::vector<std::string> hostile_texts();

/// A row whose text is cut into single characters (code points), or at blanks.
[[nodiscard]] ExplainedRow example_row(const std::string& name, const std::string& text, bool by_character, int seed);

/// The description of a small network of text and numbers (docs/architecture.md, section 6).
[[nodiscard]] Json example_description();

}  // namespace attune::report::testing
