// SPDX-License-Identifier: Apache-2.0
#include "strata.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "attune/core/error.hpp"
#include "attune/data/column_profile.hpp"

namespace attune {
namespace {

constexpr size_t kClassesOfNumbers = 20;  // digits, grades, years: up to here numbers are taken for classes
constexpr int64_t kQuantiles = 10;

bool holds_numbers(const std::vector<std::string>& values) {
  return values.size() > kClassesOfNumbers && std::all_of(values.begin(), values.end(), [](const auto& value) {
           return is_missing_number(value) || parse_number(value).has_value();
         });
}

std::vector<int64_t> row_counts(const Strata& strata) {
  std::vector<int64_t> counts(strata.count());
  for (const int stratum : strata.of_row) ++counts[static_cast<size_t>(stratum)];
  return counts;
}

/// The quantile of each value, by the rank of its first row; missing ones, sorted last, make the number kQuantiles.
std::vector<int> value_quantiles(const Strata& values) {
  const auto counts = row_counts(values);
  std::vector<double> numbers;
  int64_t present = 0;
  for (size_t i = 0; i < values.count(); ++i) {
    const auto number = parse_number(values.names[i]);
    numbers.push_back(number.value_or(std::numeric_limits<double>::infinity()));
    present += number ? counts[i] : 0;
  }
  std::vector<size_t> order(values.count());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return numbers[a] < numbers[b]; });

  std::vector<int> quantiles(values.count());
  int64_t before = 0;        // rows of smaller values
  int64_t before_equal = 0;  // rows before the first of this number (1 and 1.0 are two values, but one number)
  for (size_t i = 0; i < order.size(); ++i) {
    const auto value = order[i];
    if (i == 0 || numbers[value] != numbers[order[i - 1]]) before_equal = before;
    quantiles[value] =
        static_cast<int>(present == 0 ? kQuantiles : std::min(before_equal * kQuantiles / present, kQuantiles));
    before += counts[value];
  }
  return quantiles;
}

Strata number_strata(const Strata& values) {
  const auto quantiles = value_quantiles(values);
  Strata strata;
  strata.quantiles = true;
  for (int64_t i = 1; i <= kQuantiles; ++i) strata.names.push_back("quantile " + std::to_string(i) + " of 10");
  strata.names.emplace_back("missing");
  for (const int value : values.of_row) strata.of_row.push_back(quantiles[static_cast<size_t>(value)]);
  return strata;
}

}  // namespace

std::vector<std::vector<int64_t>> Strata::rows() const {
  std::vector<std::vector<int64_t>> rows(count());
  for (size_t row = 0; row < of_row.size(); ++row) {
    rows[static_cast<size_t>(of_row[row])].push_back(static_cast<int64_t>(row));
  }
  return rows;
}

Strata value_strata(const Table& table, int column) {
  if (column >= table.columns()) {
    throw UsageError("column number " + std::to_string(column) + ": " + table.name() + " has " +
                     std::to_string(table.columns()));
  }
  Strata strata;
  std::unordered_map<std::string, int> numbers;
  Row row;
  std::string value;
  for (int64_t i = 0; i < table.rows(); ++i) {
    table.read(i, row);
    value = row[column];
    const auto [found, is_new] = numbers.try_emplace(value, static_cast<int>(numbers.size()));
    if (is_new) strata.names.push_back(value);
    strata.of_row.push_back(found->second);
  }
  return strata;
}

Strata label_strata(const Table& table, int column) {
  if (column < 0) return {std::vector<int>(static_cast<size_t>(table.rows())), {"all rows"}};
  auto values = value_strata(table, column);
  return holds_numbers(values.names) ? number_strata(values) : values;
}

}  // namespace attune
