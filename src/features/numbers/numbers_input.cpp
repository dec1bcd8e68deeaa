// SPDX-License-Identifier: Apache-2.0
#include "numbers/numbers_input.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <optional>

#include "attune/core/error.hpp"
#include "attune/core/moments.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/column_profile.hpp"
#include "cells.hpp"
#include "state_reader.hpp"

namespace attune {
namespace {

/// A value further from the mean than this many deviations is read as lying there: whatever a later table holds, a slip
/// of the decimal point say, no activation overflows.
constexpr double kFarthest = 1000;

/// None where missing. @throws InputError for anything else that is no number.
std::optional<double> read_number(std::string_view cell) {
  if (is_missing_number(cell)) return std::nullopt;
  const auto number = parse_number(cell);
  if (!number) {
    throw InputError("expected a number, found " + in_quotes(cell) +
                     "; correct it, leave it empty if it is missing, or read the column as category or text");
  }
  return number;
}

std::vector<Moments> column_moments(const ColumnsView& training) {
  std::vector<Moments> moments(training.columns.size());
  Row cells;
  for (const auto row : training.rows) {
    training.table.read(row, cells);
    for (size_t i = 0; i < moments.size(); ++i) {
      const int column = training.columns[i];
      try {
        if (const auto number = read_number(cells[column])) moments[i].add(*number);
      } catch (const InputError& error) {
        throw cell_error(training.table, row, column, error.what());
      }
    }
  }
  return moments;
}

}  // namespace

void NumbersOptions::visit_fields(FieldVisitor& visitor) {
  visitor.field({.name = "scale",
                 .help = "standard: less the training mean, by the training deviation; none: as they are",
                 .choices = {"standard", "none"}},
                scale);
}

NumbersInput::NumbersInput(NumbersOptions options, std::vector<std::string> columns)
    : options_(std::move(options)), columns_(std::move(columns)) {
  check(options_, "numbers input");
}

void NumbersInput::fit(const ColumnsView& training, uint64_t /*seed*/) {
  const auto moments = column_moments(training);
  scales_.clear();
  notes_.clear();
  for (size_t i = 0; i < moments.size(); ++i) {
    const auto& column = moments[i];
    const auto named = "column \"" + columns_[i] + "\": ";
    if (column.count() == 0) notes_.push_back(named + "no training row holds a number; it tells the model nothing");
    if (column.count() > 0 && column.deviation() == 0)
      notes_.push_back(named + "the same number in every training row");
    const auto missing = static_cast<int64_t>(training.rows.size()) - column.count();
    if (missing > 0 && column.count() > 0) {
      notes_.push_back(named + with_commas(missing) + " of " + with_commas(static_cast<int64_t>(training.rows.size())) +
                       (missing == 1 ? " training cells is missing" : " training cells are missing"));
    }
    const bool standard = options_.scale == "standard";
    scales_.push_back(standard ? Scale{column.mean(), column.deviation() > 0 ? column.deviation() : 1} : Scale{});
  }
}

Encoding NumbersInput::empty_encoding() const { return Scalars{static_cast<int64_t>(columns_.size()), {}}; }

void NumbersInput::encode(std::span<const std::string_view> cells, Encoding& batch) const {
  assert(cells.size() == scales_.size());
  auto& values = std::get<Scalars>(batch).values;
  const auto before = values.size();
  try {
    for (size_t i = 0; i < cells.size(); ++i) {
      const auto number = read_number(cells[i]);
      values.push_back(number ? scaled(*number, scales_[i]) : std::numeric_limits<float>::quiet_NaN());
    }
  } catch (const InputError& error) {
    const auto& column = columns_[values.size() - before];
    values.resize(before);  // no half row is left in the batch
    throw InputError("column \"" + column + "\": " + error.what());
  }
}

float NumbersInput::scaled(double value, const Scale& scale) const {
  // In long double, where the difference of two huge numbers is finite.
  if (options_.scale == "standard") {
    const auto distance = static_cast<long double>(value) - static_cast<long double>(scale.mean);
    return static_cast<float>(std::clamp<long double>(distance / scale.deviation, -kFarthest, kFarthest));
  }
  constexpr double kLargest = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(value, -kLargest, kLargest));
}

TokenCount NumbersInput::count_tokens(std::span<const std::string_view> cells) const {
  auto unused = empty_encoding();
  encode(cells, unused);
  return {.tokens = static_cast<int64_t>(columns_.size()), .cut_off = 0};
}

Json NumbersInput::embedder() const { return {{"kind", "scalars"}, {"columns", columns_.size()}}; }

std::string NumbersInput::show(std::span<const std::string_view> cells, Place place) const {
  const auto column = static_cast<size_t>(place.begin);
  const auto cell = cells[column];
  return columns_[column] + " = " + (cell.empty() ? "(missing)" : std::string(without_blanks(cell)));
}

std::vector<std::string> NumbersInput::erase(std::span<const std::string_view> cells,
                                             std::span<const Place> places) const {
  std::vector<std::string> rest(cells.begin(), cells.end());
  for (const auto& place : places) rest.at(static_cast<size_t>(place.begin)).clear();
  return rest;
}

Json NumbersInput::state() const {
  std::vector<double> means, deviations;
  for (const auto& scale : scales_) {
    means.push_back(scale.mean);
    deviations.push_back(scale.deviation);
  }
  return {{"type", type()}, {"columns", columns_},      {"options", to_json(options_)},
          {"means", means}, {"deviations", deviations}, {"notes", notes_}};
}

std::unique_ptr<NumbersInput> NumbersInput::load(const Json& state) {
  const StateReader reader(state, "state of a numbers input");
  auto feature = std::make_unique<NumbersInput>(reader.options<NumbersOptions>(), reader.texts("columns"));
  const auto means = reader.numbers("means"), deviations = reader.numbers("deviations");
  if (means.size() != feature->columns_.size()) reader.fail("means", "a number per column");
  if (deviations.size() != means.size()) reader.fail("deviations", "a number per column");
  for (size_t i = 0; i < means.size(); ++i) {
    if (!(deviations[i] > 0)) reader.fail("deviations", "numbers above 0");
    feature->scales_.push_back({means[i], deviations[i]});
  }
  feature->notes_ = reader.texts("notes");
  return feature;
}

}  // namespace attune
