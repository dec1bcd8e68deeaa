// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "attune/data/table.hpp"

namespace attune {

/// Different values of a column are counted up to here.
inline constexpr int64_t kMostDistinct = 10000;

/// What a look at some of a column's cells shows; what types are guessed from and what `info` prints.
struct ColumnProfile {
  std::string name;
  int64_t rows = 0;                   ///< rows looked at
  int64_t empty = 0;                  ///< empty cells among them
  int64_t numeric = 0;                ///< cells that are a finite number
  int64_t integer = 0;                ///< cells that are an integer
  int64_t distinct = 0;               ///< distinct non-empty values; kMostDistinct: that many or more
  double mean_length = 0;             ///< characters a non-empty cell
  double mean_spaces = 0;             ///< white space a non-empty cell
  int64_t longest = 0;                ///< characters
  std::vector<std::string> examples;  ///< up to 3 distinct values
};

/// Up to `limit` of `rows` row numbers, ascending: one drawn from each of as many equal stretches, always the same.
/// Evenly spaced ones would see one half of a table whose rows alternate.
[[nodiscard]] std::vector<int64_t> sample_rows(int64_t rows, int64_t limit);

/// Looks at up to `limit` rows, as sample_rows() gives them. One profile per column.
[[nodiscard]] std::vector<ColumnProfile> profile_columns(const Table& table, int64_t limit = 10000);

/// The number that a cell is (optional sign, digits, point, exponent; surrounding blanks allowed); none for anything
/// else, also for nan and inf. Locale-independent.
[[nodiscard]] std::optional<double> parse_number(std::string_view cell);

/// True for an empty cell and for the usual words for a missing number: NA, N/A, NaN, null, ?, - (case-insensitive).
[[nodiscard]] bool is_missing_number(std::string_view cell);

}  // namespace attune
