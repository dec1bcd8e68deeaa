// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/data/table.hpp"

namespace attune {

/// Which rows are alike in a column.
struct Strata {
  std::vector<int> of_row;
  std::vector<std::string> names;  ///< the value, or `quantile 3 of 10`; numbered in the order of first appearance
  bool quantiles = false;          ///< of a number column: more than 20 distinct values, every one a number or missing

  [[nodiscard]] size_t count() const { return names.size(); }
  /// The rows of each stratum, ascending.
  [[nodiscard]] std::vector<std::vector<int64_t>> rows() const;
};

/// One stratum per distinct value of the column.
[[nodiscard]] Strata value_strata(const Table& table, int column);

/// Value strata; of a number column ten of equal size in order of value (equal values stay together), and one for
/// missing numbers. Column -1: all rows in one.
[[nodiscard]] Strata label_strata(const Table& table, int column);

}  // namespace attune
