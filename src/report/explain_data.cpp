// SPDX-License-Identifier: Apache-2.0
#include "explain_data.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "attune/core/wording.hpp"
#include "attune/report/explained_charts.hpp"
#include "checks.hpp"
#include "explained_words.hpp"

namespace attune::report {
namespace {

/// Three significant digits, which is more than anybody sees.
Json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == 0) return 0;
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, 2).ptr;
  std::from_chars(text.data(), end, value);
  return value;
}

Json rounded(std::span<const double> values) {
  auto list = Json::array();
  for (const double value : values) list.push_back(rounded(value));
  return list;
}

std::string info(const Attribution& attribution) {
  std::string text;
  if (attribution.forward_passes > 0) text = counted(attribution.forward_passes, "forward pass") + ".";
  auto notes = attribution.notes;
  notes.push_back(elsewhere_sentence(attribution));
  for (const auto& note : notes) {
    if (note.empty()) continue;
    if (!text.empty()) text += text.back() == '.' ? " " : ". ";
    text += note;
  }
  return text;
}

bool is_of(const Attribution& attribution, const SwitchEntry& entry) {
  return attribution.group == entry.group && attribution.name == entry.name;
}

std::string entry_number(const Attribution& attribution, std::span<const SwitchEntry> entries) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const SwitchEntry& entry) { return is_of(attribution, entry); });
  return std::to_string(found - entries.begin());
}

Json matrices_json(const ExplainedRow& row) {
  auto list = Json::array();
  for (const auto& matrix : row.matrices) {
    Json json{{"name", matrix.name}, {"weights", rounded(matrix.weights)}};
    if (!matrix.queries.empty()) json["queries"] = matrix.queries;
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace

std::vector<SwitchEntry> switch_entries(std::span<const ExplainedRow> rows) {
  std::vector<SwitchEntry> entries;
  for (const auto& row : rows) {
    for (const auto& attribution : row.attributions) {
      const auto is_same = [&](const SwitchEntry& entry) { return is_of(attribution, entry); };
      if (std::none_of(entries.begin(), entries.end(), is_same))
        entries.push_back({attribution.group, attribution.name, attribution.meaning, attribution.has_sign});
    }
  }
  return entries;
}

Json entries_json(std::span<const SwitchEntry> entries) {
  auto list = Json::array();
  for (const auto& entry : entries)
    list.push_back(
        {{"group", entry.group}, {"name", entry.name}, {"meaning", entry.meaning}, {"sign", entry.has_sign}});
  return list;
}

ShownRow shortened(const ShownRow& row, size_t segments) {
  ShownRow few;
  for (const auto& cell : row.cells) {
    auto& kept = few.cells.emplace_back(ShownCell{cell.column, {}, cell.cut});
    for (size_t s = 0; s < std::min(cell.segments.size(), segments); ++s) {
      kept.segments.push_back(cell.segments[s]);
      if (cell.segments[s].mark < 0) continue;
      kept.segments.back().mark = std::ssize(few.marks);
      few.marks.push_back(row.marks[static_cast<size_t>(cell.segments[s].mark)]);
    }
  }
  return few;
}

void check_attribution(const ExplainedRow& row, const Attribution& attribution, const std::string& where) {
  check_count(token_count(row.cells), std::ssize(attribution.values),
              where + ", " + attribution.group + " " + attribution.name);
}

void check_matrix(const ExplainedRow& row, const AttentionMatrix& matrix, const std::string& where) {
  const auto tokens = token_count(row.cells);
  const auto queries = matrix.queries.empty() ? tokens : std::ssize(matrix.queries);
  if (std::ssize(matrix.weights) == queries * tokens) return;
  throw UsageError(where + ", " + matrix.name + ": expected " + std::to_string(queries) + " x " +
                   std::to_string(tokens) + " weights, found " + std::to_string(matrix.weights.size()));
}

void check_row(const ExplainedRow& row, const std::string& where) {
  for (const auto& attribution : row.attributions) check_attribution(row, attribution, where);
  for (const auto& matrix : row.matrices) check_matrix(row, matrix, where);
}

Json row_json(const ExplainedRow& row, const ShownRow& shown, std::span<const SwitchEntry> entries,
              const RowLimits& limits, const std::string& where) {
  check_row(row, where);
  Json json{{"explained", explained_label(row)}, {"values", Json::object()}, {"info", Json::object()}};
  for (size_t a = 0; a < std::min(row.attributions.size(), limits.attributions); ++a) {
    const auto number = entry_number(row.attributions[a], entries);
    json["values"][number] = rounded(summed(shown, row.attributions[a].values));
    if (auto text = info(row.attributions[a]); !text.empty()) json["info"][number] = std::move(text);
  }
  if (limits.matrices && !row.matrices.empty()) {
    json["matrices"] = matrices_json(row);
    json["tokens"] = token_labels(row);
  }
  return json;
}

}  // namespace attune::report
