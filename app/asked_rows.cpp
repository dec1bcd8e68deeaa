// SPDX-License-Identifier: Apache-2.0
#include "asked_rows.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <numeric>
#include <string_view>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "field_flags.hpp"
#include "line_groups.hpp"
#include "reading.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

bool exists(const std::string& item) {
  std::error_code no_file;  // also a text that is too long for a file's name
  return std::filesystem::exists(item, no_file);
}

int64_t words_of(std::string_view text) {
  int64_t words = 0;
  for (size_t i = 0; i < text.size(); ++i) words += text[i] != ' ' && (i == 0 || text[i - 1] == ' ') ? 1 : 0;
  return words;
}

/// A path (`/data/new`, `../new/`), or a name that ends as files of other kinds do, which are refused when opened.
bool is_path(std::string_view item) {
  static constexpr std::array<std::string_view, 4> kBegins = {"/", "./", "../", "~/"};
  static constexpr std::array<std::string_view, 11> kEnds = {"/",    ".txt", ".json", ".xls", ".xlsx",   ".ods",
                                                             ".zip", ".bz2", ".xz",   ".zst", ".parquet"};
  if (item.find(' ') != std::string_view::npos) return false;
  const auto longer_than = [&](std::string_view part) { return item.size() > part.size(); };
  return std::any_of(kBegins.begin(), kBegins.end(),
                     [&](auto begin) { return longer_than(begin) && item.starts_with(begin); }) ||
         std::any_of(kEnds.begin(), kEnds.end(), [&](auto end) { return longer_than(end) && item.ends_with(end); });
}

/// `test.csvv`, `test.csv.bak`: the ending of a table, but for a slip or something behind it.
bool is_nearly_table_name(const std::string& item) {
  static const std::vector<std::string> endings = {".csv", ".tsv", ".jsonl", ".ndjson"};
  constexpr size_t kShortest = 4;  // of endings with their point: words of two letters are near to everything
  const std::filesystem::path path(item);
  const auto ending = path.extension().string();
  return has_table_name(path.stem()) || (ending.size() >= kShortest && !nearest_name(ending, endings).empty());
}

/// Whether the argument can only be meant as a file, so that a mistyped name is not answered as if it were a text. A
/// name with blanks (`my data.csv`) counts only where it stands alone and is shorter than a sentence.
bool is_named_like_file(const std::string& item, bool alone) {
  constexpr size_t kMostBytes = 255;  // of a file's name
  constexpr int64_t kMostWords = 3;
  if (item.size() > kMostBytes || item.find('\n') != std::string::npos) return false;
  if (is_path(item)) return true;
  if (alone && item.find(' ') == std::string::npos && is_nearly_table_name(item)) return true;
  if (!has_table_name(item) && !has_model_name(item)) return false;
  return item.find(' ') == std::string::npos || (alone && words_of(item) <= kMostWords);
}

/// The one column a bare text stands for. @throws UsageError when the model reads several.
std::string only_column(const Model& model, const std::string& what) {
  const auto& inputs = model.schema().inputs;
  if (inputs.size() == 1 && inputs.front().columns.size() == 1) return inputs.front().columns.front();
  std::string names;
  for (const auto& input : inputs) {
    for (const auto& column : input.columns) names += (names.empty() ? "" : ", ") + column;
  }
  throw UsageError(what + ": the model reads several columns (" + names +
                   "), so a bare text is not enough; pass a table, or JSON objects as lines on standard input");
}

/// How a table is read says nothing about texts and lines, but for what is done with bad ones.
void refuse_reading_flags(const Json& given, const std::string& what, bool but_skipping) {
  if (!given.contains("data")) return;
  for (const auto& [key, value] : given.at("data").items()) {
    if (but_skipping && key == "skip_bad_rows") continue;
    throw UsageError(flag_name(key, value) + ": is for tables, and " + what + "; leave it out");
  }
}

}  // namespace

Asked what_is_asked(const std::vector<std::string>& items) {
  if (items.empty() || (items.size() == 1 && items.front() == "-")) return Asked::kLines;
  const bool is_table =
      items.size() == 1 && (exists(items.front()) || is_named_like_file(items.front(), /*alone=*/true));
  return is_table ? Asked::kTable : Asked::kTexts;
}

void add_asked_arguments(CLI::App& command, const std::string& purpose, AskedArguments& arguments) {
  command.add_option("MODEL", arguments.model, "model file that train wrote")->required();
  command.add_option("TEXT|DATA|-", arguments.items,
                     "texts to " + purpose + "; or one table; or - (or nothing) for lines of standard input");
}

void add_asked_flags(CLI::App& command, const std::string& json_help, AskedArguments& arguments) {
  TableConfig reading;
  FieldFlags reading_flags(command, "Reading tables", "data", arguments.given);
  reading.visit_fields(reading_flags);
  KernelConfig kernels;
  FieldFlags run_flags(command, "Run", "", arguments.given);
  kernels.visit_fields(run_flags);
  add_threads_flag(command, arguments.threads);
  command.add_flag("--json", arguments.json, json_help);
}

void for_asked_rows(const AskedArguments& arguments, const Model& model, const std::string& verb,
                    const RowTakers& takers) {
  switch (what_is_asked(arguments.items)) {
    case Asked::kLines:
      LineGroups(model, arguments.given, takers.lines).read_all();
      break;
    case Asked::kTable:
      takers.table(open_with_notes(arguments.items.front(), arguments.given));
      break;
    case Asked::kTexts:
      takers.table(table_of_texts(model, arguments.items, arguments.given, verb));
      break;
  }
}

std::vector<int64_t> rows_from(int64_t first, int64_t count) {
  std::vector<int64_t> rows(static_cast<size_t>(count));
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

int64_t rows_cut_off(const Model& model, const Table& table, std::span<const int64_t> rows, Executor& executor) {
  int64_t cut_off = 0;
  (void)model.token_counts(table, model.map_columns(table, /*with_outputs=*/false), rows, executor, &cut_off);
  return cut_off;
}

std::vector<std::string> input_columns(const Model& model) {
  std::vector<std::string> columns;
  for (const auto& input : model.schema().inputs)
    columns.insert(columns.end(), input.columns.begin(), input.columns.end());
  return columns;
}

std::shared_ptr<const Table> table_of_texts(const Model& model, const std::vector<std::string>& texts,
                                            const Json& given, const std::string& verb) {
  refuse_reading_flags(given, "the arguments are texts", /*but_skipping=*/false);
  std::vector<std::vector<std::string>> rows;
  for (const auto& text : texts) {
    if (text == "-") throw UsageError(verb + ": - stands for standard input and beside other arguments; pass it alone");
    if (exists(text) || is_named_like_file(text, /*alone=*/false))
      throw UsageError(verb + ": " + text + (exists(text) ? " is a file" : " is named like a file") +
                       " and stands beside other arguments; pass one table alone, or texts");
    rows.push_back({text});
  }
  return make_table({only_column(model, verb)}, std::move(rows), "arguments", {.noun = "text"});
}

void refuse_reading_flags_for_lines(const Json& given) {
  refuse_reading_flags(given, "standard input is read as lines of UTF-8", /*but_skipping=*/true);
}

}  // namespace attune::app
