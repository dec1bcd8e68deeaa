// SPDX-License-Identifier: Apache-2.0
#include "category/category_input.hpp"

#include "attune/core/wording.hpp"
#include "cells.hpp"
#include "state_reader.hpp"

namespace attune {
namespace {

constexpr Place kWholeCell{0, 1};

}  // namespace

void CategoryOptions::visit_fields(FieldVisitor& visitor) {
  visitor.field(
      {.name = "min_count", .help = "values seen fewer times in training share the unknown vector", .minimum = 1},
      min_count);
  visitor.field({.name = "max_categories", .help = "most values to know, the most frequent first", .minimum = 1},
                max_categories);
}

CategoryInput::CategoryInput(const CategoryOptions& options, std::string column)
    : options_(options), column_(std::move(column)) {
  check(options_, "category input \"" + column_ + "\"");
}

void CategoryInput::fit(const ColumnsView& training, uint64_t /*seed*/) {
  UnitCounter counter;
  for_each_cell(training, [&](int64_t, std::string_view cell) {
    if (!cell.empty()) counter.add(cell);
  });
  std::vector<std::string> values;
  for (auto& value : counter.most_frequent(options_.min_count, static_cast<size_t>(options_.max_categories))) {
    values.push_back(std::move(value.form));
  }
  notes_ = {"column \"" + column_ + "\": " + with_commas(static_cast<int64_t>(values.size())) + " of " +
            counted(static_cast<int64_t>(counter.distinct()), "different value") + " (seen " +
            counted(options_.min_count, "time") + " or more, at most " + with_commas(options_.max_categories) + ")"};
  values_ = Vocabulary(std::move(values));
}

void CategoryInput::encode(std::span<const std::string_view> cells, Encoding& batch) const {
  auto& ids = std::get<Ids>(batch);
  ids.ids.push_back(cells.front().empty() ? Vocabulary::kEmpty : values_.id(cells.front()));
  ids.places.push_back(kWholeCell);
  ids.offsets.push_back(static_cast<int64_t>(ids.ids.size()));
}

Json CategoryInput::embedder() const {
  return {{"kind", "ids"}, {"vocabulary", values_.size()}, {"further", 0}, {"unknown", Vocabulary::kUnknown}};
}

std::string CategoryInput::show(std::span<const std::string_view> cells, Place /*place*/) const {
  return column_ + " = " + (cells.front().empty() ? "(empty)" : std::string(cells.front()));
}

std::vector<std::string> CategoryInput::erase(std::span<const std::string_view> cells,
                                              std::span<const Place> places) const {
  return {places.empty() ? std::string(cells.front()) : ""};
}

Json CategoryInput::state() const {
  return {{"type", type()},
          {"column", column_},
          {"options", to_json(options_)},
          {"values", values_.units()},
          {"notes", notes_}};
}

std::unique_ptr<CategoryInput> CategoryInput::load(const Json& state) {
  const StateReader reader(state, "state of a category input");
  auto feature = std::make_unique<CategoryInput>(reader.options<CategoryOptions>(), reader.text("column"));
  feature->values_ = Vocabulary(reader.texts("values"));
  feature->notes_ = reader.texts("notes");
  return feature;
}

}  // namespace attune
