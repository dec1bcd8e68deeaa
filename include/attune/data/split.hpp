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
  int64_t folds = 0;  ///< for cross-validation: `fold` of so many parts is validated on, and the share is of no meaning
  int64_t fold = 0;   ///< from 0 to folds - 1
};

/// The column by which rows are split, NAME of group:NAME and column:NAME; else "". @throws UsageError for an unknown
/// method.
[[nodiscard]] std::string split_column(const SplitOptions& options);

/// Cuts the rows into training and validation.
///  - stratified: the share of each value of `label_column` (of ten quantiles for a number column); never a class's
///  only
///    row, unless the fraction is demanded, and says so in the notes. Without a label column it is random.
///  - random; tail: the last rows; group:NAME: rows with the same value stay together; column:NAME: the column says
///    train or validation (also valid, val, dev, test) for every row.
/// With folds, the parts are those of fold_rows().
/// Notes warn when rows look ordered by label (long runs of one value while the split takes the tail) or by time (a
/// column of ascending dates or numbers while the split is not the tail).
/// @throws InputError when a part would be empty though a share was asked for; UsageError for an unknown method.
[[nodiscard]] Split split_rows(const Table& table, int label_column, const SplitOptions& options);

/// Folds for cross-validation: the fold of each row, from 0 to options.folds - 1, each row in one of them.
///  - stratified: folds are of equal size (give or take a row), and so is the share of each value of `label_column`;
///    random: of equal size alone.
///  - group:NAME: rows with the same value stay together; the largest groups first, each goes to the smallest fold.
/// @throws UsageError for tail and column:NAME, which do not say where a row belongs, and for folds that are fewer than
/// 2 or more than there are rows; InputError for fewer groups than folds.
[[nodiscard]] std::vector<int64_t> fold_rows(const Table& table, int label_column, const SplitOptions& options);

}  // namespace attune
