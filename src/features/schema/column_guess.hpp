// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/data/column_profile.hpp"
#include "attune/data/table.hpp"

namespace attune {

/// A type and why, as the end of a sentence: "for it holds 6 different values in 5,452 rows".
struct TypeGuess {
  std::string type;
  std::string reason;
};

/// What a table's columns look like they are, from up to 10,000 rows.
class ColumnGuess {
 public:
  explicit ColumnGuess(const Table& table);

  /// numbers, category or text.
  [[nodiscard]] TypeGuess input(int column) const;
  /// category or number.
  [[nodiscard]] TypeGuess output(int column) const;
  /// Of a column of numbers but for a few cells, which alone keep it from being read as one: how many are numbers, and
  /// where the others stand ("799 of 800 values are numbers, all but "12o" (a.csv, row 17)"). Empty for other columns.
  [[nodiscard]] std::string stray_cells(int column) const;
  /// Why a column that nobody asked for is better left out ("it is an identifier: .."); empty when it is not.
  [[nodiscard]] std::string why_leave_out(int column) const;
  /// The same of a column that gives `output` away: a copy of it, or a path that begins with it.
  [[nodiscard]] std::string why_leave_out(int column, int output) const;

 private:
  /// Every cell is a number or a word for a missing one, and some are numbers.
  [[nodiscard]] bool is_numeric(int column) const;
  /// Looked at, and neither number nor word for a missing one; none when they are too many to be slips.
  [[nodiscard]] std::vector<int64_t> stray_rows(int column) const;
  [[nodiscard]] bool counts_up(int column) const;
  void find_constants();
  [[nodiscard]] std::string values_in_rows(int column) const;
  [[nodiscard]] const ColumnProfile& profile(int column) const { return profiles_[static_cast<size_t>(column)]; }

  const Table& table_;
  std::vector<ColumnProfile> profiles_;
  std::vector<bool> constant_;  // columns with one value, or none, in every row
};

}  // namespace attune
