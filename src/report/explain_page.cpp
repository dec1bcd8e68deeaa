// SPDX-License-Identifier: Apache-2.0
#include "attune/report/explain_page.hpp"

#include <algorithm>

#include "assets.hpp"
#include "attune/core/wording.hpp"
#include "cell_html.hpp"
#include "escape.hpp"
#include "explain_data.hpp"
#include "explained_words.hpp"
#include "page.hpp"
#include "shades.hpp"

namespace attune::report {
namespace {

constexpr std::string_view kGenerator = "attune explain";
/// A row of fewer bytes is never shortened: it is in the page or not.
constexpr size_t kPlainRowBytes = 64'000;
/// A switch of more than these positions shows its first group, and the others on demand.
constexpr size_t kMostOpenEntries = 8;
constexpr size_t kFewestSegments = 64;

std::string choice(const SwitchEntry& entry, size_t number) {
  return "<label class=\"choice\"><input type=\"radio\" name=\"shown\" value=\"" + std::to_string(number) + "\"" +
         (number == 0 ? " checked" : "") + "><span>" + markup(entry.name) + "</span></label>\n";
}

/// @param number of the group: heads are called alike at every site, which its name tells apart
std::string choices(std::span<const SwitchEntry> entries, const std::string& group, size_t number) {
  const auto id = "group-" + std::to_string(number);
  auto html = "<div class=\"group\" role=\"group\" aria-labelledby=\"" + id + "\"><b id=\"" + id + "\">" +
              markup(group) + "</b>\n";
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].group == group) html += choice(entries[i], i);
  }
  return html + "</div>\n";
}

std::vector<std::string> groups_of(std::span<const SwitchEntry> entries) {
  std::vector<std::string> groups;
  for (const auto& entry : entries) {
    if (std::find(groups.begin(), groups.end(), entry.group) == groups.end()) groups.push_back(entry.group);
  }
  return groups;
}

std::string scale(const ExplainPage& page) {
  const auto swatches = [](const std::string& sign, const std::vector<int>& levels) {
    std::string html;
    for (const int level : levels) html += "<i class=\"" + sign + std::to_string(level) + "\"></i>";
    return html;
  };
  return std::string("<p class=\"scale\"><span class=\"signed\">") +
         (page.of_numbers ? "lowers the number " : "against " + markup(explained_words(page.rows)) + " ") +
         swatches("n", {8, 5, 2}) + swatches("p", {2, 5, 8}) +
         (page.of_numbers ? " raises it, in deviations of the training targets" : " for it") +
         "</span><span class=\"unsigned\">little " + swatches("p", {1, 3, 5, 8}) +
         " much</span><span>relative to the strongest token of each row</span></p>\n";
}

/// What the keyboard can do on this page; nothing where that is nothing.
std::string keys_html(const ExplainPage& page, std::span<const SwitchEntry> entries) {
  const auto has_tokens = [](const ExplainedRow& row) { return token_count(row.cells) > 0; };
  std::vector<std::string> texts;
  if (entries.size() > 1) texts.emplace_back("arrows in the switch change what the shades show");
  if (std::any_of(page.rows.begin(), page.rows.end(), has_tokens))
    texts.emplace_back("arrows in the line below a row walk through its tokens");
  if (page.rows.size() > 1) texts.emplace_back("j and k go to the next and the previous row");
  return texts.empty() ? "" : element("p", "faint small keys", "Keys: " + listed(texts) + ".") + "\n";
}

std::string switch_html(const ExplainPage& page, std::span<const SwitchEntry> entries) {
  if (entries.empty()) return "<p class=\"absent\">There is nothing to show: no attribution was given.</p>\n";
  const auto groups = groups_of(entries);
  auto html = "<fieldset class=\"switch\"><legend>What the shades show</legend>\n<div class=\"choices\">" +
              choices(entries, groups.front(), 0);
  const bool folds = entries.size() > kMostOpenEntries && groups.size() > 1;
  if (folds)
    html += "<details><summary>Each layer and head (" + counted(std::ssize(groups) - 1, "site") + ")</summary>\n";
  for (size_t g = 1; g < groups.size(); ++g) html += choices(entries, groups[g], g);
  if (folds) html += "</details>";
  const auto& first = entries.front();
  return html + "</div>\n<p class=\"meaning\" aria-live=\"polite\"><b id=\"chosen\">" +
         markup(first.group + ", " + first.name + ".") + "</b> <span id=\"meaning\">" + markup(first.meaning) +
         "</span></p>\n" + scale(page) + "</fieldset>\n" + keys_html(page, entries);
}

/// What a script fills, and what opens on demand.
std::string strongest_html() {
  return "<table class=\"strongest\"><caption>Strongest tokens</caption><thead><tr><th scope=\"col\">token</th>"
         "<th scope=\"col\" class=\"number\">value</th><th scope=\"col\"></th></tr></thead><tbody></tbody></table>\n"
         "<p class=\"absent\" hidden>Not in this page for this row.</p>\n<p class=\"cost small faint\"></p>\n";
}

std::string matrix_html(const std::string& id) {
  return "<details class=\"matrix\"><summary>Attention matrix</summary>\n<p><label for=\"" + id +
         "-matrix\" class=\"small\">Site and head: </label><select id=\"" + id +
         "-matrix\"></select></p>\n<div class=\"wide drawing\"></div>\n<p class=\"weight readout\" "
         "aria-live=\"polite\"></p>"
         "</details>\n";
}

/// One row as it stands in the page.
struct RowText {
  std::string html, data;
  [[nodiscard]] size_t bytes() const { return html.size() + data.size(); }
};

class RowWriter {
 public:
  RowWriter(const ExplainedRow& row, size_t number, std::span<const SwitchEntry> entries)
      : row_(row), id_("row-" + std::to_string(number)), entries_(entries), where_("row \"" + row.name + "\"") {
    check_row(row, where_);
    shown_ = shown_row(row.cells, where_);
  }

  [[nodiscard]] RowText write(const RowLimits& limits) const {
    const auto shown = shortened(shown_, limits.segments);
    CellStyle style{.id = id_};
    if (!entries_.empty()) style.shades = first_shades(shown);
    const auto cells = cells_html(shown, style);
    auto json = row_json(row_, shown, entries_, limits, where_);
    json["rest"] = cells.rest;
    return {html(cells.html, shown, limits), script_json(json)};
  }

  /// Written into at most `most` bytes, as far as that takes; empty when there is no way.
  [[nodiscard]] RowText fitted(size_t most, size_t most_if_long) const {
    auto limits = first_limits();
    auto text = write(limits);
    if (text.bytes() <= std::min(most, kPlainRowBytes)) return text;
    if (text.bytes() <= kPlainRowBytes) return {};
    while (text.bytes() > most_if_long) {
      if (!shrink(limits)) return {};
      text = write(limits);
    }
    return text;
  }

 private:
  [[nodiscard]] RowLimits first_limits() const {
    size_t longest = kFewestSegments;
    for (const auto& cell : shown_.cells) longest = std::max(longest, cell.segments.size());
    return {.matrices = !row_.matrices.empty(), .attributions = row_.attributions.size(), .segments = longest};
  }

  /// One step; false when nothing is left to be left out.
  static bool shrink(RowLimits& limits) {
    if (limits.matrices) {
      limits.matrices = false;
    } else if (limits.attributions > 1) {
      limits.attributions = std::max<size_t>(1, limits.attributions * 3 / 4);
    } else if (limits.segments > kFewestSegments) {
      limits.segments = std::max(kFewestSegments, limits.segments * 3 / 4);
    } else {
      return false;
    }
    return true;
  }

  /// As the switch stands when the page opens.
  [[nodiscard]] std::vector<int> first_shades(const ShownRow& shown) const {
    for (const auto& attribution : row_.attributions) {
      if (attribution.group == entries_[0].group && attribution.name == entries_[0].name)
        return shades(summed(shown, attribution.values));
    }
    return {};
  }

  [[nodiscard]] std::string html(const std::string& cells, const ShownRow& shown, const RowLimits& limits) const {
    auto text = "<article class=\"row explained\" tabindex=\"-1\" id=\"" + id_ + "\" aria-labelledby=\"" + id_ +
                "-name\">\n<header><h3 id=\"" + id_ + "-name\">" + markup(row_.name) + "</h3>\n" + answer_html(row_) +
                "</header>\n<div class=\"parts\"><div>\n<div class=\"cells\">\n" + cells + "</div>\n" +
                walk_html(shown);
    text += bullets(notes(shown, limits)) + "</div><div>\n" + strongest_html() + "</div></div>\n";
    if (!row_.attributions.empty())
      text += "<details class=\"flow\"><summary>From tokens to " +
              markup(explains_another(row_) ? explained_words(row_) : "the answer") +
              "</summary><div class=\"wide drawing\"></div></details>\n";
    if (limits.matrices && !row_.matrices.empty()) text += matrix_html(id_);
    return text + "</article>\n";
  }

  /// Walks through the tokens. A slider, because a screen reader hands arrow keys on to one and says its value, while
  /// the text above stays a text to be read.
  [[nodiscard]] std::string walk_html(const ShownRow& shown) const {
    if (shown.marks.empty()) return "";
    return "<p class=\"walk readout\" tabindex=\"0\" role=\"slider\" aria-label=\"Tokens of " + markup(row_.name) +
           ", and what each says of " + markup(explained_words(row_)) + "\" aria-valuemin=\"0\" aria-valuemax=\"" +
           std::to_string(shown.marks.size()) +
           "\" aria-valuenow=\"0\" aria-valuetext=\"none yet\">Values: point at a token, or walk from here by arrow "
           "keys.</p>\n";
  }

  /// Those given, and what was left out.
  [[nodiscard]] std::vector<std::string> notes(const ShownRow& shown, const RowLimits& limits) const {
    auto texts = row_.notes;
    if (!limits.matrices && !row_.matrices.empty())
      texts.emplace_back("Its attention matrices do not fit into this page.");
    if (limits.attributions < row_.attributions.size())
      texts.push_back("Of its " + counted(std::ssize(row_.attributions), "attribution") + " the first " +
                      with_commas(static_cast<int64_t>(limits.attributions)) + " fit into this page.");
    if (shown.marks.size() < shown_.marks.size())
      texts.push_back("Of its " + counted(std::ssize(shown_.marks), "token") + " the first " +
                      with_commas(std::ssize(shown.marks)) + " fit into this page.");
    return texts;
  }

  const ExplainedRow& row_;
  std::string id_;
  std::span<const SwitchEntry> entries_;
  std::string where_;
  ShownRow shown_;
};

struct RowsText {
  std::string html, data;
  size_t rows = 0;
};

/// As many rows as fit; a long one gets at most half of what is left, unless it is the last.
RowsText rows_text(const ExplainPage& page, std::span<const SwitchEntry> entries, size_t bytes) {
  RowsText all;
  for (; all.rows < page.rows.size(); ++all.rows) {
    const auto text = RowWriter(page.rows[all.rows], all.rows, entries)
                          .fitted(bytes, all.rows + 1 == page.rows.size() ? bytes : bytes / 2);
    if (text.html.empty()) break;
    all.html += text.html;
    all.data += (all.rows == 0 ? "" : ",\n") + text.data;
    bytes -= std::min(bytes, text.bytes() + 2);
  }
  return all;
}

std::string before_rows(const ExplainPage& page, std::span<const SwitchEntry> entries) {
  auto html = page_head("Where " + page.model + " looked", {page.explained}) + sentences(page.warnings, "warning") +
              sentences(page.verdict, "verdict");
  if (!page.figures.empty() || !page.honesty.lines.empty())
    html += heading("How far this may be believed") + comparison_table(page.honesty) +
            figures(page.figures, page.figures_caption);
  return html + heading("Rows") +
         "<noscript><p class=\"warning\">The switch, the values and the matrices need the script of this "
         "page.</p></noscript>\n" +
         switch_html(page, entries) + sentences(page.notes, "faint small");
}

std::string after_rows(const ExplainPage& page) {
  return page.flow ? heading("How the model allocates") + diagram(draw(*page.flow), "flow") : "";
}

std::string left_out(size_t rows, size_t shown) {
  if (rows == shown) return "";
  return element("p", "warning",
                 "Of " + counted(static_cast<int64_t>(rows), "row") + " the first " +
                     with_commas(static_cast<int64_t>(shown)) +
                     " are in this page, which is kept below 2 MB; explain fewer.") +
         "\n";
}

}  // namespace

std::string html(const ExplainPage& page) {
  const auto entries = switch_entries(page.rows);
  const auto title = "Where " + page.model + " looked";
  const auto before = before_rows(page, entries), after = after_rows(page);
  const auto data_head = "{\"layers\":" + script_json(entries_json(entries)) +
                         ",\"strongest\":" + std::to_string(page.strongest) + ",\"rows\":[";
  constexpr size_t kSpare = 2000;  // for the sentence about rows left out
  const auto fixed = report::page(title, before + after, kExplainScript, data_head + "]}", kGenerator).size() + kSpare;
  const auto rows = rows_text(page, entries, kMostPageBytes - std::min(kMostPageBytes, fixed));
  auto body = before + left_out(page.rows.size(), rows.rows) + "<main>\n" + rows.html + "</main>\n";
  if (page.rows.empty()) body += "<p class=\"absent\">No row was explained.</p>\n";
  return report::page(title, body + after, kExplainScript, data_head + rows.data + "]}", kGenerator);
}

}  // namespace attune::report
