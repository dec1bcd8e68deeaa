// SPDX-License-Identifier: Apache-2.0
#include "linear_columns.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "attune/core/moments.hpp"

namespace attune {
namespace {

/// A number further from the mean than this many deviations counts as lying there, so that no sum overflows.
constexpr double kFarthest = 1000;

double length(const std::vector<double>& values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  return std::sqrt(squares);
}

/// Gives each piece its part of its column's value; those of a column without one go.
void share_values(SparseRow values, std::vector<LinearPiece>& pieces) {
  std::map<int32_t, double> occurrences;
  for (const auto& piece : pieces) ++occurrences[piece.column];
  for (auto& piece : pieces) {
    const auto entry = std::lower_bound(values.begin(), values.end(), piece.column,
                                        [](const SparseEntry& one, int32_t column) { return one.column < column; });
    if (entry == values.end() || entry->column != piece.column) continue;
    piece.value = static_cast<double>(entry->value) / occurrences[piece.column];
  }
  std::erase_if(pieces, [](const LinearPiece& piece) { return piece.value == 0; });
}

}  // namespace

LinearColumns::LinearColumns(const BaselineInputs& inputs, size_t most)
    : spaceless_(inputs.spaceless()),
      ngrams_(texts(inputs.training()), 2, most),
      categories_(inputs.training().categories, 1, most) {
  learn_frequencies(ngrams_.count(texts(inputs.training())));
  learn_scales(inputs.training());
}

LinearColumns::LinearColumns(bool spaceless, const State& state)
    : spaceless_(spaceless),
      ngrams_(state.ngrams, 2),
      categories_(state.categories, 1),
      inverse_frequencies_(state.inverse_frequencies),
      scales_(state.scales) {}

LinearColumns::State LinearColumns::state() const {
  return {ngrams_.ngrams(), categories_.ngrams(), inverse_frequencies_, scales_};
}

int64_t LinearColumns::columns() const { return ngrams_.columns() + categories_.columns() + 2 * std::ssize(scales_); }

SparseRows LinearColumns::operator()(const CutRows& rows) const {
  const auto texts_and_categories = beside(weighted(ngrams_.count(texts(rows))), categories_.count(rows.categories));
  return rows.number_columns == 0 ? texts_and_categories : beside(texts_and_categories, scaled_numbers(rows));
}

std::vector<LinearPiece> LinearColumns::pieces(const CutRows& row, const CutPlaces& places) const {
  std::vector<LinearPiece> pieces;
  const auto& units = spaceless_ ? places.characters : places.words;
  for (const auto& [column, begin, end] : ngrams_.find(texts(row).row(0))) {
    const auto& first = units[begin];
    pieces.push_back({.column = column, .place = {first.input, {first.place.begin, units[end - 1].place.end}}});
  }
  const auto texts_end = static_cast<int32_t>(ngrams_.columns());
  for (const auto& [column, begin, end] : categories_.find(row.categories.row(0)))
    pieces.push_back({.column = texts_end + column, .place = places.categories[begin]});
  const auto numbers_begin = texts_end + static_cast<int32_t>(categories_.columns());
  for (int32_t n = 0; n < row.number_columns; ++n) {
    for (const int32_t column : {2 * n, 2 * n + 1})
      pieces.push_back({.column = numbers_begin + column, .place = places.numbers[static_cast<size_t>(n)]});
  }
  share_values((*this)(row).row(0), pieces);
  return pieces;
}

void LinearColumns::learn_frequencies(const SparseRows& counts) {
  inverse_frequencies_.assign(static_cast<size_t>(counts.columns()), 0);
  for (int64_t r = 0; r < counts.rows(); ++r) {
    for (const auto& entry : counts.row(r)) ++inverse_frequencies_[static_cast<size_t>(entry.column)];
  }
  const auto rows = static_cast<double>(counts.rows());
  for (auto& frequency : inverse_frequencies_)
    frequency = static_cast<float>(std::log((1 + rows) / (1 + static_cast<double>(frequency))) + 1);
}

void LinearColumns::learn_scales(const CutRows& rows) {
  std::vector<Moments> moments(static_cast<size_t>(rows.number_columns));
  for (size_t i = 0; i < rows.numbers.size(); ++i) {
    if (!std::isnan(rows.numbers[i])) moments[i % moments.size()].add(rows.numbers[i]);
  }
  for (const auto& column : moments) scales_.push_back({column.mean(), column.deviation()});
}

SparseRows LinearColumns::weighted(const SparseRows& counts) const {
  SparseRows result(counts.columns());
  std::vector<double> weights;
  for (int64_t r = 0; r < counts.rows(); ++r) {
    weights.clear();
    for (const auto& [column, count] : counts.row(r))
      weights.push_back((1 + std::log(static_cast<double>(count))) *
                        static_cast<double>(inverse_frequencies_[static_cast<size_t>(column)]));
    const double whole = length(weights);
    for (size_t i = 0; i < weights.size(); ++i) result.add(counts.row(r)[i].column, weights[i] / whole);
    result.end_row();
  }
  return result;
}

/// Two columns a number: its value, and whether it is missing. A constant says nothing and is 0.
SparseRows LinearColumns::scaled_numbers(const CutRows& rows) const {
  SparseRows result(2 * rows.number_columns);
  const auto columns = scales_.size();
  for (size_t r = 0; r < static_cast<size_t>(rows.rows()); ++r) {
    for (size_t i = 0; i < columns; ++i) {
      const double number = rows.numbers[r * columns + i];
      const auto& scale = scales_[i];
      const auto column = static_cast<int64_t>(2 * i);
      if (std::isnan(number)) {
        result.add(column + 1, 1);
      } else if (scale.deviation > 0) {
        // In long double, where the difference of two huge numbers is finite.
        const auto distance = (static_cast<long double>(number) - scale.mean) / scale.deviation;
        result.add(column, static_cast<double>(std::clamp<long double>(distance, -kFarthest, kFarthest)));
      }
    }
    result.end_row();
  }
  return result;
}

}  // namespace attune
