// SPDX-License-Identifier: Apache-2.0
#include "attune/core/error.hpp"
#include "escape.hpp"
#include "page.hpp"

namespace attune::report {
namespace {

std::string line_html(const Comparison::Line& line, size_t figures) {
  if (line.values.size() != figures) {
    throw UsageError("comparison: expected " + std::to_string(figures) + " values of \"" + line.name + "\", found " +
                     std::to_string(line.values.size()));
  }
  auto html = "<tr><th scope=\"row\">" + markup(line.name) + "</th>";
  for (const auto& value : line.values) html += element("td", "number", value);
  return html + "</tr>\n";
}

}  // namespace

std::string comparison_table(const Comparison& comparison) {
  if (comparison.lines.empty()) return "";
  auto html = scrolled(comparison.caption) + "<table class=\"comparison\">" +
              element("caption", "", comparison.caption) + "<thead><tr><th scope=\"col\">" +
              markup(comparison.compared) + "</th>";
  for (const auto& figure : comparison.figures)
    html += "<th scope=\"col\" class=\"number\">" + markup(figure.name) + "</th>";
  html += "</tr></thead><tbody>\n";
  for (const auto& line : comparison.lines) html += line_html(line, comparison.figures.size());
  html += "</tbody></table></div>\n<details><summary>What these figures say</summary><dl class=\"settings\">";
  for (const auto& figure : comparison.figures)
    html += element("dt", "", figure.name) + element("dd", "", figure.meaning) + "\n";
  return html + "</dl></details>\n";
}

}  // namespace attune::report
