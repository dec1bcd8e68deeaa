// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "attune/allocate/item_groups.hpp"
#include "attune/data/table.hpp"
#include "item_columns.hpp"

namespace attune::app {

/// A table's rows as items in groups.
struct ItemTable {
  ItemColumns columns;                   ///< with the categories that were found
  ItemGroups groups;                     ///< in the order of their first rows
  std::vector<std::string> group_names;  ///< [G]
  std::vector<int64_t> rows;             ///< [N] the row that each item stands in, from 0
  int64_t unreadable_items = 0;          ///< left out, under skip_bad_rows
  int64_t groups_without_target = 0;     ///< the same
};

/// Reads every row. The rows of a group need not stand together, and its target stands in at least one of them; in the
/// others it may be left empty. Under `skip_bad_rows` an item is left out whose group, features or values cannot be
/// read, and a group without a target or without items.
/// @throws InputError naming file, row and column: an empty group, a cell that is no finite number, a category or class
/// that is none, targets of one group that differ, a group without a target; a table without items. UsageError for so
/// many features that they would not fit into memory. StoppedError when should_stop said so.
[[nodiscard]] ItemTable read_items(const Table& table, ItemColumns columns, bool skip_bad_rows,
                                   const std::function<bool()>& should_stop);

}  // namespace attune::app
