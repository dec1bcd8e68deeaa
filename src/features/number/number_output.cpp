// SPDX-License-Identifier: Apache-2.0
#include "number/number_output.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "attune/core/error.hpp"
#include "attune/core/moments.hpp"
#include "attune/data/column_profile.hpp"
#include "cells.hpp"
#include "state_reader.hpp"

namespace attune {
namespace {

double read_target(std::string_view cell) {
  const auto number = parse_number(cell);
  if (number) return *number;
  const auto found = without_blanks(cell).empty() ? std::string("an empty cell") : in_quotes(cell);
  throw InputError("expected a number to predict, found " + found +
                   "; give it one, take the row out, or predict the column as a category");
}

template <class... Format>
std::string to_text(double value, Format... format) {
  std::array<char, 400> buffer{};  // the longest double in fixed notation has 309 digits before the point
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...).ptr;
  return {buffer.data(), end};
}

std::string without_trailing_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace

void NumberOutput::fit(const ColumnsView& all, const ColumnsView& training) {
  for_each_cell(all, [&](int64_t row, std::string_view cell) {
    try {
      static_cast<void>(read_target(cell));
    } catch (const InputError& error) {
      throw cell_error(all.table, row, all.columns.front(), error.what());
    }
  });
  Moments moments;
  for_each_cell(training, [&](int64_t, std::string_view cell) { moments.add(read_target(cell)); });
  if (moments.count() == 0) {
    throw InputError(all.table.name() + ", column \"" + column_ + "\": no training row; give at least one");
  }
  mean_ = moments.mean();
  deviation_ = moments.deviation();
  notes_.clear();
  if (deviation_ == 0) {
    notes_.push_back("column \"" + column_ + "\": every training row holds " + printed(mean_) +
                     ", so that is what will always be predicted");
  }
}

void NumberOutput::encode(std::string_view cell, Targets& batch) const {
  double value = 0;
  try {
    value = read_target(cell);
  } catch (const InputError& error) {
    throw InputError("column \"" + column_ + "\": " + error.what());
  }
  const auto distance = static_cast<long double>(value) - static_cast<long double>(mean_);
  std::get<ValueTargets>(batch).push_back(static_cast<double>(distance / unit()));
}

Prediction NumberOutput::decode(std::span<const float> scores) const {
  if (scores.size() != 1) {
    throw ShapeError("scores of a number output: expected [1], found [" + std::to_string(scores.size()) + "]");
  }
  if (!std::isfinite(scores[0])) throw NumericError("the score of a number output is not finite");
  Prediction prediction;
  prediction.value = mean_ + deviation_ * static_cast<double>(scores[0]);
  prediction.text = printed(prediction.value);
  return prediction;
}

/// Rounded to a thousandth of the training deviation or a little finer: further digits say nothing.
std::string NumberOutput::printed(double value) const {
  if (deviation_ == 0) return to_text(value);
  const double decimals = std::ceil(3 - std::log10(deviation_));
  if (std::abs(value) < 1e15 && decimals <= 15) {
    return without_trailing_zeros(to_text(value, std::chars_format::fixed, static_cast<int>(std::max(decimals, 0.0))));
  }
  const double digits = std::ceil(std::log10(std::max(std::abs(value) / deviation_, 1.0))) + 4;
  return to_text(value, std::chars_format::general, static_cast<int>(std::min(digits, 17.0)));
}

Json NumberOutput::state() const {
  return {{"type", type()}, {"column", column_}, {"mean", mean_}, {"deviation", deviation_}, {"notes", notes_}};
}

std::unique_ptr<NumberOutput> NumberOutput::load(const Json& state) {
  const StateReader reader(state, "state of a number output");
  auto feature = std::make_unique<NumberOutput>(reader.text("column"));
  feature->mean_ = reader.number("mean");
  feature->deviation_ = reader.number("deviation");
  if (feature->deviation_ < 0) reader.fail("deviation", "a number from 0");
  feature->notes_ = reader.texts("notes");
  return feature;
}

}  // namespace attune
