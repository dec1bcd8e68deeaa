// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/allocate/item_groups.hpp"
#include "attune/core/json.hpp"
#include "attune/data/table.hpp"

namespace attune::app {

/// A column that gives an item one feature, or one feature per category: 1 for its own, 0 for the others.
struct FeatureColumn {
  std::string name;
  bool is_category = false;
  std::vector<std::string> categories = {};  ///< in the order of their first rows; found while the table is read
};

/// Which columns of a table say what in `attune allocate`.
struct ItemColumns {
  std::string group;
  std::vector<FeatureColumn> features;
  std::vector<std::string> values;
  std::vector<std::string> targets;   ///< one for each value column, or one for all; with classes one
  std::vector<std::string> classes;   ///< cross-entropy only: the class that each value column is the score of
  bool categories_are_known = false;  ///< of a file: another category is an error
};

/// As the flags say it; empty: not given.
struct ColumnFlags {
  std::string group;
  std::vector<std::string> features, values, targets, classes;
  [[nodiscard]] bool any() const;
};

/// Finds the columns in the table. What is not given: the group in "group"; the targets in "target"; as features the
/// numbers of every column that is none of these nor a value; as values the features.
/// @throws UsageError naming the flag: no such column (nearest suggested), one given twice, a type that is none,
/// numbers of columns that do not fit.
[[nodiscard]] ItemColumns choose_columns(const ColumnFlags& flags, const Table& table, AllocationLoss loss);

/// "reading", "sensor=a", "sensor=b": the names of the features, K in all.
[[nodiscard]] std::vector<std::string> feature_names(const ItemColumns& columns);

[[nodiscard]] Json to_json(const ItemColumns& columns);
/// Back from to_json. @throws InputError naming `where` and the key.
[[nodiscard]] ItemColumns item_columns_from_json(const Json& json, const std::string& where);

}  // namespace attune::app
