// SPDX-License-Identifier: Apache-2.0
#include "cell_html.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>

#include "attune/core/wording.hpp"
#include "escape.hpp"
#include "explained_words.hpp"
#include "graphemes.hpp"
#include "numbers.hpp"
#include "page.hpp"

namespace attune::report {
namespace {

/// A text of more is folded: about ten lines on a wide screen.
constexpr size_t kFoldedBytes = 1200;

std::string mark_html(const Segment& segment, const CellStyle& style) {
  const auto mark = static_cast<size_t>(segment.mark);
  const int shade = mark < style.shades.size() ? style.shades[mark] : 0;
  std::string html = "<i";
  if (shade != 0) html += std::string(" class=") + (shade > 0 ? "p" : "n") + std::to_string(std::abs(shade));
  if (mark < style.titles.size()) html += " title=\"" + markup(style.titles[mark]) + "\"";
  return html + ">" + markup(segment.text) + "</i>";
}

std::string segment_html(const Segment& segment, const CellStyle& style) {
  if (segment.mark >= 0) return mark_html(segment, style);
  return segment.unread ? "<span class=\"unread\">" + markup(segment.text) + "</span>" : markup(segment.text);
}

/// Where the marks of an element begin among those of the row.
std::string first_mark(std::span<const Segment> segments) {
  const auto first =
      std::find_if(segments.begin(), segments.end(), [](const Segment& segment) { return segment.mark >= 0; });
  return " data-first=\"" + std::to_string(first == segments.end() ? 0 : first->mark) + "\"";
}

class CellWriter {
 public:
  CellWriter(const ShownCell& cell, size_t number, const CellStyle& style, CellsHtml& out)
      : cell_(cell), number_(std::to_string(number)), style_(style), out_(out) {}

  void write() {
    out_.html += element("h4", "", cell_.column) + "\n";
    const auto labels = std::find_if(cell_.segments.begin(), cell_.segments.end(),
                                     [](const Segment& segment) { return !segment.placed; });
    if (labels != cell_.segments.begin()) write_text({cell_.segments.begin(), labels});
    if (labels != cell_.segments.end()) write_labels({labels, cell_.segments.end()});
    if (cell_.segments.empty()) out_.html += element("p", "absent", "empty") + "\n";
  }

 private:
  void write_text(std::span<const Segment> segments) {
    const auto shown = segments.first(std::min(segments.size(), static_cast<size_t>(style_.most_segments)));
    std::string text;
    size_t bytes = 0;
    for (const auto& segment : segments) bytes += segment.text.size();
    for (const auto& segment : shown) text += segment_html(segment, style_);
    const auto id = style_.id + "-text-" + number_;
    const bool folded = bytes > kFoldedBytes;
    out_.html += "<p class=\"text" + std::string(folded ? " fold" : "") + "\" id=\"" + id + "\" data-cell=\"" +
                 number_ + "\"" + first_mark(segments) + " dir=\"auto\"><bdi>" + text + "</bdi></p>\n";
    if (folded) write_button(segments, id);
    if (shown.size() < segments.size()) keep_rest(segments.subspan(shown.size()));
    if (!cell_.cut.empty()) out_.html += element("p", "small faint", cell_.cut) + "\n";
  }

  void write_button(std::span<const Segment> segments, const std::string& id) {
    int64_t characters = 0;
    for (const auto& segment : segments) characters += decode(segment.text).countChar32();
    const auto more = "Show all " + with_commas(characters) + " characters";
    out_.html += "<button type=\"button\" class=\"unfold\" aria-expanded=\"false\" aria-controls=\"" + id +
                 "\" data-more=\"" + more + "\">" + more + "</button>\n";
  }

  void keep_rest(std::span<const Segment> segments) {
    auto pieces = Json::array();
    for (const auto& segment : segments) {
      if (segment.mark >= 0) {
        pieces.push_back(segment.text);
      } else {
        pieces.push_back(segment.unread ? Json::array({segment.text, "unread"}) : Json::array({segment.text}));
      }
    }
    out_.rest[number_] = std::move(pieces);
  }

  void write_labels(std::span<const Segment> segments) {
    out_.html += "<p class=\"chips\"" + first_mark(segments) + ">";
    for (const auto& segment : segments) out_.html += "<bdi>" + mark_html(segment, style_) + "</bdi> ";
    out_.html += "</p>\n";
  }

  const ShownCell& cell_;
  std::string number_;
  const CellStyle& style_;
  CellsHtml& out_;
};

std::string answer_text(const Answer& answer) {
  return answer.probability ? answer.label + " " + probability_text(*answer.probability) : answer.label;
}

}  // namespace

CellsHtml cells_html(const ShownRow& row, const CellStyle& style) {
  CellsHtml out;
  for (size_t c = 0; c < row.cells.size(); ++c) CellWriter(row.cells[c], c, style, out).write();
  return out;
}

std::string answer_html(const ExplainedRow& row) {
  auto html = "<p class=\"answer\"><b><bdi>" + markup(row.answer.label) + "</bdi></b>";
  if (row.answer.probability)
    html += " <span class=\"figure\">" + markup(probability_text(*row.answer.probability)) + "</span>";
  html += "</p>\n";
  if (!row.others.empty()) {
    html += "<ul class=\"others\" aria-label=\"other answers\">";
    for (const auto& other : row.others) html += "<li><bdi>" + markup(answer_text(other)) + "</bdi></li>";
    html += "</ul>\n";
  }
  if (explains_another(row))
    html += element("p", "small", "explained is " + explained_words(row) + ", which is not the answer") + "\n";
  if (row.truth && row.truth->empty()) html += element("p", "small", "empty in the table") + "\n";
  if (row.truth && !row.truth->empty()) {
    // A number is never quite the one in the table.
    const bool right = !row.answer.probability || *row.truth == row.answer.label;
    html += "<p class=\"small\">in the table: <bdi>" + markup(*row.truth) + "</bdi>" +
            (right ? "" : " <b class=\"wrong\">(not the same)</b>") + "</p>\n";
  }
  return html;
}

}  // namespace attune::report
