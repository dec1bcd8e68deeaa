// SPDX-License-Identifier: Apache-2.0
#include "report_tables.hpp"

#include <algorithm>
#include <cmath>

#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "cell_html.hpp"
#include "confusion.hpp"
#include "escape.hpp"
#include "explain_data.hpp"
#include "explained_words.hpp"
#include "numbers.hpp"
#include "page.hpp"
#include "shades.hpp"

namespace attune::report {
namespace {

constexpr size_t kMostClasses = 200;
/// Of a class: a label may be a whole text.
constexpr int64_t kNameColumns = 120;
/// Of each cell of a row: a report shows what a row is about, not all of it.
constexpr size_t kMostSegments = 400;

std::string number_cell(const std::string& text) { return "<td class=\"number\">" + text + "</td>"; }

std::string class_line(const ClassRow& row) {
  return "<tr><th scope=\"row\"><bdi>" + markup(fitted(row.name, kNameColumns)) + "</bdi></th>" +
         number_cell(significant(row.precision)) + number_cell(significant(row.recall)) +
         number_cell(significant(row.f1)) + number_cell(with_commas(row.support)) + "</tr>\n";
}

/// What the browser shows of each mark when one points at it.
std::vector<std::string> titles_of(const std::vector<double>& values) {
  std::vector<std::string> titles;
  titles.reserve(values.size());
  for (const double value : values) titles.push_back(significant(value));
  return titles;
}

/// The same in text, for who does not see shades.
std::string strongest_sentence(const ShownRow& shown, const std::vector<double>& values) {
  std::vector<std::pair<double, std::string>> marks;
  for (const auto& cell : shown.cells) {
    for (const auto& segment : cell.segments) {
      const double value = segment.mark < 0 ? 0 : values[static_cast<size_t>(segment.mark)];
      if (std::isfinite(value) && value != 0) marks.emplace_back(value, segment.text);
    }
  }
  std::stable_sort(marks.begin(), marks.end(),
                   [](const auto& a, const auto& b) { return std::abs(a.first) > std::abs(b.first); });
  std::vector<std::string> texts;
  for (size_t i = 0; i < std::min<size_t>(marks.size(), 3); ++i)
    texts.push_back("“\u2068" + marks[i].second + "\u2069” " + significant(marks[i].first));  // isolated: any direction
  return texts.empty() ? "" : "Strongest: " + listed(texts) + ".";
}

std::string row_html(const ExplainedRow& row, const std::string& id) {
  const auto where = "row \"" + row.name + "\"";
  check_row(row, where);
  const auto all = shown_row(row.cells, where);
  const auto shown = shortened(all, kMostSegments);
  CellStyle style{.id = id};
  std::string said;
  if (!row.attributions.empty()) {
    const auto values = summed(shown, row.attributions.front().values);
    style.shades = shades(values);
    style.titles = titles_of(values);
    said = strongest_sentence(shown, values);
  }
  auto notes = row.notes;
  if (!row.attributions.empty()) {
    if (auto text = elsewhere_sentence(row.attributions.front()); !text.empty()) notes.push_back(std::move(text));
  }
  if (shown.marks.size() < all.marks.size())
    notes.push_back("The first " + with_commas(std::ssize(shown.marks)) + " of " +
                    counted(std::ssize(all.marks), "token") + ".");
  return "<article class=\"row\" id=\"" + id + "\" aria-labelledby=\"" + id + "-name\">\n<header><h3 id=\"" + id +
         "-name\">" + markup(row.name) + "</h3>\n" + answer_html(row) + "</header>\n" + cells_html(shown, style).html +
         (said.empty() ? "" : element("p", "small faint", said)) + bullets(notes) + "</article>\n";
}

std::string shades_sentence(const ExplainedRow& row) {
  if (row.attributions.empty()) return "";
  const auto& shown = row.attributions.front();
  const bool of_number = !row.answer.probability;
  const std::string colours = !shown.has_sign ? "The stronger, the more"
                              : of_number     ? "Blue raises the number, orange lowers it, each"
                                              : "Blue speaks for the answer, orange against it, each";
  return "Shades show " + shown.name + ": " + shown.meaning + ". " + colours +
         " relative to the strongest token of its row. ";
}

}  // namespace

std::string class_table(const std::vector<ClassRow>& classes) {
  if (classes.empty()) return "";
  auto shown = classes;
  if (shown.size() > kMostClasses) {
    std::stable_sort(shown.begin(), shown.end(),
                     [](const ClassRow& a, const ClassRow& b) { return a.support > b.support; });
    shown.resize(kMostClasses);
  }
  const auto caption = shown.size() == classes.size()
                           ? "Each class against the rest"
                           : "Each class against the rest: the " + with_commas(std::ssize(shown)) + " of " +
                                 with_commas(std::ssize(classes)) + " classes with the most rows";
  auto html = scrolled("Classes") + "<table>" + element("caption", "", caption) +
              "<thead><tr><th scope=\"col\">class</th><th scope=\"col\" class=\"number\">precision</th>"
              "<th scope=\"col\" class=\"number\">recall</th><th scope=\"col\" class=\"number\">F1</th>"
              "<th scope=\"col\" class=\"number\">rows</th></tr></thead><tbody>\n";
  for (const auto& row : shown) html += class_line(row);
  return html + "</tbody></table></div>\n";
}

std::string confusion_table(const ConfusionChart& chart) {
  const auto shown = shown_confusion(chart);
  if (shown.classes.empty()) return "";
  auto html = "<details class=\"counts\"><summary>The counts as a table</summary>\n" +
              element("p", "small faint", shown.sentences()) + "\n" + scrolled(chart.title) + "<table>" +
              element("caption", "", "True classes in lines, predicted ones in columns") +
              "<thead><tr><th scope=\"col\">true class</th>";
  for (const auto& name : shown.classes)
    html += "<th scope=\"col\" class=\"number\"><bdi>" + markup(name) + "</bdi></th>";
  html += "</tr></thead><tbody>\n";
  for (size_t t = 0; t < shown.classes.size(); ++t) {
    html += "<tr><th scope=\"row\"><bdi>" + markup(shown.classes[t]) + "</bdi></th>";
    for (size_t p = 0; p < shown.classes.size(); ++p) html += number_cell(with_commas(shown.at(t, p)));
    html += "</tr>\n";
  }
  return html + "</tbody></table></div></details>\n";
}

std::string settings_html(const std::vector<Settings>& settings) {
  std::string html;
  for (const auto& group : settings) {
    html += "<section>" + element("h3", "", group.heading) + "\n<dl class=\"settings\">";
    for (const auto& [key, value] : group.values) html += element("dt", "", key) + element("dd", "", value) + "\n";
    html += "</dl></section>\n";
  }
  return settings.empty() ? "" : "<div class=\"columns\">" + html + "</div>\n";
}

std::string rows_html(std::span<const ExplainedRow> rows, const std::string& title, const std::string& id,
                      size_t& bytes) {
  if (rows.empty()) return "";
  const auto legend = shades_sentence(rows.front());
  size_t shown = 0, left = bytes - std::min(bytes, legend.size());
  std::string html;
  for (; shown < rows.size(); ++shown) {
    const auto row = row_html(rows[shown], id + "-" + std::to_string(shown));
    if (row.size() > left) break;
    left -= row.size();
    html += row;
  }
  if (shown > 0) bytes = left;
  auto lead = shown > 0 ? legend : "";
  if (shown < rows.size())
    lead += "The first " + with_commas(static_cast<int64_t>(shown)) + " of " + counted(std::ssize(rows), "row") +
            " fit into this page.";
  return heading(title) + element("p", "faint", lead) + "\n" + html;
}

}  // namespace attune::report
