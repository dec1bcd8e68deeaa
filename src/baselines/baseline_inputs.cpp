// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/baseline_inputs.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "attune/data/column_profile.hpp"
#include "row_parts.hpp"

namespace attune {
namespace {

std::vector<int64_t> pick(std::span<const int64_t> rows, int64_t most) {
  auto picked = sample_rows(std::ssize(rows), most);
  for (auto& row : picked) row = rows[static_cast<size_t>(row)];
  return picked;
}

/// Where a table has the texts of the schema.
std::vector<int> text_columns(const Schema& schema, const Table& table) {
  std::vector<int> columns;
  for (const auto& input : schema.inputs) {
    if (input.type == "text") columns.push_back(table.column(input.columns.front()));
  }
  return columns;
}

/// Bytes of the texts of some rows.
int64_t text_bytes(const Schema& schema, const Table& table, std::span<const int64_t> rows) {
  const auto columns = text_columns(schema, table);
  int64_t bytes = 0;
  Row row;
  for (const int64_t number : rows) {
    if (columns.empty()) break;
    table.read(number, row);
    bytes += bytes_of(row, columns);
  }
  return bytes;
}

void append_rows(UnitRows& to, const UnitRows& more) {
  const auto before = std::ssize(to.units);
  to.units.insert(to.units.end(), more.units.begin(), more.units.end());
  for (size_t r = 1; r < more.offsets.size(); ++r) to.offsets.push_back(before + more.offsets[r]);
}

void append_rows(CutRows& to, const CutRows& more) {
  append_rows(to.words, more.words);
  append_rows(to.characters, more.characters);
  append_rows(to.categories, more.categories);
  to.numbers.insert(to.numbers.end(), more.numbers.begin(), more.numbers.end());
}

/// @param numbers of each unit, by what it was called so far
void renumber(UnitRows& rows, std::span<const int32_t> numbers) {
  for (auto& unit : rows.units) {
    if (unit != UnitRows::kNone) unit = numbers[static_cast<size_t>(unit)];
  }
}

}  // namespace

std::vector<int64_t> baseline_rows(const Schema& schema, const Table& table, std::span<const int64_t> training,
                                   int64_t most_rows, int64_t most_bytes) {
  auto rows = pick(training, most_rows);
  const auto bytes = text_bytes(schema, table, rows);
  if (bytes <= most_bytes) return rows;
  const auto share = static_cast<double>(most_bytes) / static_cast<double>(bytes);
  return pick(rows, std::max<int64_t>(1, static_cast<int64_t>(share * static_cast<double>(rows.size()))));
}

/// Where a table has the columns of the schema, by type.
struct BaselineInputs::Columns {
  std::vector<int> texts, categories, numbers;
};

BaselineInputs::BaselineInputs(Schema schema, const Table& table, std::span<const int64_t> rows, Executor& executor,
                               TextCuts cuts)
    : schema_(std::move(schema)), cuts_(cuts) {
  for (const auto& input : schema_.inputs) {
    if (input.type != "text") continue;
    const ColumnsView texts{table, {table.column(input.columns.front())}, rows};
    spaceless_ = spaceless_ || spaceless_share(texts) >= kSpacelessShare;
  }
  prepare_cuts();
  learn(table, rows, executor);
}

void BaselineInputs::prepare_cuts() {
  for (const auto& input : schema_.inputs) {
    if (input.type == "text")
      texts_.push_back({TextUnits(text_cut(input.options, false)), TextUnits(text_cut(input.options, true))});
    else if (input.type == "category")
      category_inputs_ += std::ssize(input.columns);
    else
      training_.number_columns += std::ssize(input.columns);
  }
}

CutRows BaselineInputs::cut(const Table& table, std::span<const int64_t> rows, Executor& executor) const {
  auto result = no_rows();
  for_each_cut(table, rows, executor, [&](const CutRows& some) { append_rows(result, some); });
  return result;
}

CutRows BaselineInputs::cut(const Table& table, std::span<const int64_t> rows) const {
  auto result = no_rows();
  const auto columns = columns_of(table);
  Row row;
  for (const int64_t number : rows) {
    table.read(number, row);
    append_known(row, columns, result);
  }
  return result;
}

CutRows BaselineInputs::cut(const InputCells& cells) const {
  auto result = no_rows();
  Row row;
  for (const auto& input : cells) {
    for (const auto& cell : input) row.add_view(cell);
  }
  int next = 0;
  append_known(row, columns_of([&](const std::string&) { return next++; }), result);
  return result;
}

CutPlaces BaselineInputs::places(const InputCells& cells) const {
  CutPlaces result;
  size_t text = 0;
  for (size_t i = 0; i < schema_.inputs.size(); ++i) {
    const auto input = static_cast<int32_t>(i);
    if (schema_.inputs[i].type == "text") {
      if (text > 0) result.words.emplace_back(), result.characters.emplace_back();
      const auto append_text = [&](const TextUnits& units, std::vector<InputPlace>& places) {
        for (const auto& place : units.places(cells[i].front())) places.push_back({input, place});
      };
      if (cuts_words()) append_text(texts_[text].words, result.words);
      if (cuts_characters()) append_text(texts_[text].characters, result.characters);
      ++text;
      continue;
    }
    auto& places = schema_.inputs[i].type == "category" ? result.categories : result.numbers;
    for (int32_t c = 0; c < std::ssize(cells[i]); ++c) places.push_back({input, {c, c + 1}});
  }
  return result;
}

void BaselineInputs::for_each_cut(const Table& table, std::span<const int64_t> rows, Executor& executor,
                                  const std::function<void(const CutRows&)>& visit) const {
  const auto columns = columns_of(table);
  for_each_part<CutRows>(
      {table, rows, columns.texts}, executor,
      [&](std::span<const int64_t> part, CutRows& some) { some = cut(table, part); }, visit);
}

Json BaselineInputs::state() const {
  return {{"spaceless", spaceless_},
          {"cuts", cuts_ == TextCuts::kAll ? "all" : "linear"},
          {"words", units_.words.state()},
          {"characters", units_.characters.state()},
          {"categories", units_.categories.state()}};
}

BaselineInputs BaselineInputs::load(Schema schema, const Json& state) {
  BaselineInputs inputs;
  inputs.schema_ = std::move(schema);
  inputs.spaceless_ = state.at("spaceless").get<bool>();
  inputs.cuts_ = state.at("cuts").get<std::string>() == "all" ? TextCuts::kAll : TextCuts::kLinear;
  inputs.units_.words = UnitNumbers::load(state.at("words"));
  inputs.units_.characters = UnitNumbers::load(state.at("characters"));
  inputs.units_.categories = UnitNumbers::load(state.at("categories"));
  inputs.prepare_cuts();
  return inputs;
}

/// @param number_of tells where the column of a name is
template <class NumberOf>
BaselineInputs::Columns BaselineInputs::columns_of(const NumberOf& number_of) const {
  Columns columns;
  for (const auto& input : schema_.inputs) {
    auto& of_type = input.type == "text"       ? columns.texts
                    : input.type == "category" ? columns.categories
                                               : columns.numbers;
    for (const auto& name : input.columns) of_type.push_back(number_of(name));
  }
  return columns;
}

BaselineInputs::Columns BaselineInputs::columns_of(const Table& table) const {
  return columns_of([&](const std::string& name) { return table.column(name); });
}

CutRows BaselineInputs::no_rows() const {
  CutRows none;
  none.number_columns = training_.number_columns;
  return none;
}

/// @param number_of gives the number of a unit: of which kind (a member of Units), which input, and which form
template <class NumberOf>
void BaselineInputs::append(const Row& row, const Columns& columns, const NumberOf& number_of, CutRows& out) const {
  const auto append_text = [&](size_t i, const TextUnits& units, UnitNumbers Units::*kind, UnitRows& rows) {
    for (const auto& form : units(row[columns.texts[i]])) rows.units.push_back(number_of(kind, i, form));
  };
  for (size_t i = 0; i < texts_.size(); ++i) {
    if (i > 0) out.words.units.push_back(UnitRows::kNone), out.characters.units.push_back(UnitRows::kNone);
    if (cuts_words()) append_text(i, texts_[i].words, &Units::words, out.words);
    if (cuts_characters()) append_text(i, texts_[i].characters, &Units::characters, out.characters);
  }
  for (size_t i = 0; i < columns.categories.size(); ++i)
    out.categories.units.push_back(number_of(&Units::categories, i, std::string(row[columns.categories[i]])));
  for (auto* rows : {&out.words, &out.characters, &out.categories}) rows->end_row();
  for (const int column : columns.numbers)
    out.numbers.push_back(parse_number(row[column]).value_or(std::numeric_limits<double>::quiet_NaN()));
}

void BaselineInputs::append_known(const Row& row, const Columns& columns, CutRows& out) const {
  const auto number_of = [this](UnitNumbers Units::*kind, size_t input, const std::string& form) {
    return (units_.*kind).find(input, form);
  };
  append(row, columns, number_of, out);
}

void BaselineInputs::append_learning(const Row& row, const Columns& columns, Units& units, CutRows& out) const {
  const auto number_of = [&units](UnitNumbers Units::*kind, size_t input, const std::string& form) {
    return (units.*kind).learn(input, form);
  };
  append(row, columns, number_of, out);
}

/// Every task numbers the units of its rows for itself, so that no text waits for its units to get their numbers. Put
/// together in the order of the rows these are the numbers of one pass.
void BaselineInputs::learn(const Table& table, std::span<const int64_t> rows, Executor& executor) {
  struct Part {
    Units units;
    CutRows rows;
  };
  const auto columns = columns_of(table);
  const auto cut_part = [&](std::span<const int64_t> numbers, Part& part) {
    Row row;
    for (const int64_t number : numbers) {
      table.read(number, row);
      append_learning(row, columns, part.units, part.rows);
    }
  };
  for_each_part<Part>({table, rows, columns.texts}, executor, cut_part, [this](Part& part) {
    renumber(part.rows.words, units_.words.learn(part.units.words));
    renumber(part.rows.characters, units_.characters.learn(part.units.characters));
    renumber(part.rows.categories, units_.categories.learn(part.units.categories));
    append_rows(training_, part.rows);
  });
}

}  // namespace attune
