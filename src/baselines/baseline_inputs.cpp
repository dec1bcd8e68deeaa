// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/baseline_inputs.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/data/column_profile.hpp"

namespace attune {
namespace {

constexpr int64_t kRowsAtOnce = 4096;  // held as texts, until their units have numbers
constexpr int64_t kRowsPerTask = 256;

std::vector<int64_t> pick(std::span<const int64_t> rows, int64_t most) {
  auto picked = sample_rows(std::ssize(rows), most);
  for (auto& row : picked) row = rows[static_cast<size_t>(row)];
  return picked;
}

/// Bytes of the texts of some rows.
int64_t text_bytes(const Schema& schema, const Table& table, std::span<const int64_t> rows) {
  std::vector<int> columns;
  for (const auto& input : schema.inputs) {
    if (input.type == "text") columns.push_back(table.column(input.columns.front()));
  }
  int64_t bytes = 0;
  Row row;
  for (const int64_t number : rows) {
    if (columns.empty()) break;
    table.read(number, row);
    for (const int column : columns) bytes += std::ssize(row[column]);
  }
  return bytes;
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

// As in the vocabularies of texts: what is longer is data without blanks, and would be kept in every model.
constexpr size_t kLongestUnit = 256;  // bytes

void UnitNumbers::learn(size_t input, const std::string& form) {
  if (form.size() > kLongestUnit) return;
  if (of_input_.size() <= input) of_input_.resize(input + 1);
  if (of_input_[input].try_emplace(form, next_).second) ++next_;
}

int32_t UnitNumbers::find(size_t input, std::string_view form) const {
  if (input >= of_input_.size()) return UnitRows::kNone;
  const auto found = of_input_[input].find(form);
  return found == of_input_[input].end() ? UnitRows::kNone : found->second;
}

Json UnitNumbers::state() const {
  auto inputs = Json::array();
  for (const auto& units : of_input_) {
    std::vector<std::pair<int32_t, std::string_view>> by_number;
    for (const auto& [form, number] : units) by_number.emplace_back(number, form);
    std::sort(by_number.begin(), by_number.end());
    auto forms = Json::array(), numbers = Json::array();
    for (const auto& [number, form] : by_number) numbers.push_back(number), forms.push_back(form);
    inputs.push_back({{"forms", std::move(forms)}, {"numbers", std::move(numbers)}});
  }
  return inputs;
}

UnitNumbers UnitNumbers::load(const Json& state) {
  UnitNumbers units;
  std::vector<int32_t> all;
  for (const auto& input : state) {
    const auto forms = input.at("forms").get<std::vector<std::string>>();
    const auto numbers = input.at("numbers").get<std::vector<int32_t>>();
    if (forms.size() != numbers.size())
      throw ModelFileError("units of a linear model: expected a number for each form");
    auto& of_input = units.of_input_.emplace_back();
    for (size_t i = 0; i < forms.size(); ++i) {
      if (!of_input.emplace(forms[i], numbers[i]).second)
        throw ModelFileError("units of a linear model: \"" + forms[i] + "\" is there twice");
    }
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  std::sort(all.begin(), all.end());
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i] != static_cast<int32_t>(i))
      throw ModelFileError("units of a linear model: expected each number from 0 on once");
  }
  units.next_ = static_cast<int32_t>(all.size());
  return units;
}

/// A row in forms that have no numbers yet, an entry per input (per column, of numbers).
struct BaselineInputs::RowForms {
  std::vector<std::vector<std::string>> words, characters;
  std::vector<std::string> categories;
  std::vector<double> numbers;
};

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
  for_each_row(table, rows, executor, [&](const RowForms& forms) {
    learn(forms);
    append(forms, training_);
  });
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
  CutRows result;
  result.number_columns = training_.number_columns;
  for_each_row(table, rows, executor, [&](const RowForms& forms) { append(forms, result); });
  return result;
}

CutRows BaselineInputs::cut(const Table& table, std::span<const int64_t> rows) const {
  CutRows result;
  result.number_columns = training_.number_columns;
  const auto columns = columns_of(table);
  Row row;
  for (const int64_t number : rows) {
    table.read(number, row);
    append(forms_of(row, columns), result);
  }
  return result;
}

Json BaselineInputs::state() const {
  return {{"spaceless", spaceless_},
          {"cuts", cuts_ == TextCuts::kAll ? "all" : "linear"},
          {"words", words_.state()},
          {"characters", characters_.state()},
          {"categories", categories_.state()}};
}

BaselineInputs BaselineInputs::load(Schema schema, const Json& state) {
  BaselineInputs inputs;
  inputs.schema_ = std::move(schema);
  inputs.spaceless_ = state.at("spaceless").get<bool>();
  inputs.cuts_ = state.at("cuts").get<std::string>() == "all" ? TextCuts::kAll : TextCuts::kLinear;
  inputs.words_ = UnitNumbers::load(state.at("words"));
  inputs.characters_ = UnitNumbers::load(state.at("characters"));
  inputs.categories_ = UnitNumbers::load(state.at("categories"));
  inputs.prepare_cuts();
  return inputs;
}

BaselineInputs::Columns BaselineInputs::columns_of(const Table& table) const {
  Columns columns;
  for (const auto& input : schema_.inputs) {
    auto& of_type = input.type == "text"       ? columns.texts
                    : input.type == "category" ? columns.categories
                                               : columns.numbers;
    for (const auto& name : input.columns) of_type.push_back(table.column(name));
  }
  return columns;
}

BaselineInputs::RowForms BaselineInputs::forms_of(const Row& row, const Columns& columns) const {
  RowForms forms;
  for (size_t i = 0; i < texts_.size(); ++i) {
    const auto cell = row[columns.texts[i]];
    forms.words.push_back(cuts_words() ? texts_[i].words(cell) : std::vector<std::string>());
    forms.characters.push_back(cuts_characters() ? texts_[i].characters(cell) : std::vector<std::string>());
  }
  for (const int column : columns.categories) forms.categories.emplace_back(row[column]);
  for (const int column : columns.numbers)
    forms.numbers.push_back(parse_number(row[column]).value_or(std::numeric_limits<double>::quiet_NaN()));
  return forms;
}

/// Cuts rows in any thread, and hands them on in their order.
void BaselineInputs::for_each_row(const Table& table, std::span<const int64_t> rows, Executor& executor,
                                  const std::function<void(const RowForms&)>& visit) const {
  const auto columns = columns_of(table);
  for (int64_t first = 0; first < std::ssize(rows); first += kRowsAtOnce) {
    const auto count = std::min(kRowsAtOnce, std::ssize(rows) - first);
    std::vector<RowForms> forms(static_cast<size_t>(count));
    executor.run((count + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task) {
      Row row;
      for (int64_t i = task * kRowsPerTask; i < std::min(count, (task + 1) * kRowsPerTask); ++i) {
        table.read(rows[static_cast<size_t>(first + i)], row);
        forms[static_cast<size_t>(i)] = forms_of(row, columns);
      }
    });
    for (const auto& of_row : forms) visit(of_row);
  }
}

void BaselineInputs::learn(const RowForms& forms) {
  for (size_t i = 0; i < texts_.size(); ++i) {
    for (const auto& form : forms.words[i]) words_.learn(i, form);
    for (const auto& form : forms.characters[i]) characters_.learn(i, form);
  }
  for (size_t i = 0; i < forms.categories.size(); ++i) categories_.learn(i, forms.categories[i]);
}

void BaselineInputs::append(const RowForms& forms, CutRows& out) const {
  const auto append_texts = [](const auto& texts, const UnitNumbers& numbers, UnitRows& rows) {
    for (size_t i = 0; i < texts.size(); ++i) {
      if (i > 0) rows.units.push_back(UnitRows::kNone);
      for (const auto& form : texts[i]) rows.units.push_back(numbers.find(i, form));
    }
    rows.end_row();
  };
  append_texts(forms.words, words_, out.words);
  append_texts(forms.characters, characters_, out.characters);
  for (size_t i = 0; i < forms.categories.size(); ++i)
    out.categories.units.push_back(categories_.find(i, forms.categories[i]));
  out.categories.end_row();
  out.numbers.insert(out.numbers.end(), forms.numbers.begin(), forms.numbers.end());
}

}  // namespace attune
