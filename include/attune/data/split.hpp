// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attune/data/table.hpp"

namespace attune {

/// Row numbers of the two parts, each ascending.
struct Split {
  std::vector<int64_t> training;
  std::vector<int64_t> validation;
  std::vector<std::string>
      notes;  ///< what the user should know: a class kept whole in training, rows that look ordered
};

struct SplitOptions {
  std::string method = "stratified";  ///< stratified, random, tail, group:NAME, column:NAME
  double fraction = 0.1;              ///< validation share, in [0, 1)
  bool fraction_demanded = false;     ///< the share was asked for: met exactly even if a class's only row must go
  uint64_t seed = 1;
};

/// Cuts the rows into training and validation.
///  - stratified: the share of each value of `label_column` (of ten quantiles for a number column); never a class's
///  only
///    row, unless the fraction is demanded, and says so in the notes. Without a label column it is random.
///  - random; tail: the last rows; group:NAME: rows with the same value stay together; column:NAME: the column says
///    train or validation (also valid, val, dev, test) for every row.
/// Notes warn when rows look ordered by label (long runs of one value while the split takes the tail) or by time (a
/// column of ascending dates or numbers while the split is not the tail).
/// @throws InputError when a part would be empty though a share was asked for; UsageError for an unknown method.
[[nodiscard]] Split split_rows(const Table& table, int label_column, const SplitOptions& options);

/// Folds for cross-validation: fold of each row, stratified by `label_column` (-1: random).
[[nodiscard]] std::vector<int> fold_rows(const Table& table, int label_column, int folds, uint64_t seed);

}  // namespace attune
