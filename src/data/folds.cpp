// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "attune/data/split.hpp"
#include "split_method.hpp"
#include "strata.hpp"

namespace attune {
namespace {

using Folds = std::vector<int64_t>;
using Groups = std::vector<std::vector<int64_t>>;

void check_folds(const Table& table, const SplitOptions& options) {
  if (options.folds >= 2 && options.folds <= table.rows()) return;
  throw UsageError("folds: expected 2 to " + std::to_string(table.rows()) + " (the rows of " + table.name() +
                   "), found " + std::to_string(options.folds));
}

std::vector<int64_t> shuffled(size_t count, RandomKey key) {
  std::vector<int64_t> order(count);
  key.permutation(order);
  return order;
}

/// Deals the rows of one stratum after the other out, so that the folds are of equal size as well.
Folds deal(const Strata& strata, int64_t folds, RandomKey key) {
  Folds fold_of(strata.of_row.size());
  int64_t next = 0;
  for (const auto& rows : strata.rows()) {
    const auto first = static_cast<uint64_t>(rows.empty() ? 0 : rows.front());
    for (const auto i : shuffled(rows.size(), key.with(first))) {
      fold_of[static_cast<size_t>(rows[static_cast<size_t>(i)])] = next;
      next = (next + 1) % folds;
    }
  }
  return fold_of;
}

/// The largest first; equal ones in random order.
Groups by_size(const Groups& groups, RandomKey key) {
  Groups ordered;
  for (const auto g : shuffled(groups.size(), key)) ordered.push_back(groups[static_cast<size_t>(g)]);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return ordered;
}

Folds keep_together(const Groups& groups, const SplitOptions& options, size_t rows, RandomKey key) {
  Folds fold_of(rows);
  std::vector<size_t> sizes(static_cast<size_t>(options.folds));
  for (const auto& group : by_size(groups, key)) {
    const auto smallest = std::min_element(sizes.begin(), sizes.end());
    *smallest += group.size();
    for (const auto row : group) fold_of[static_cast<size_t>(row)] = smallest - sizes.begin();
  }
  return fold_of;
}

Folds fold_groups(const Table& table, const std::string& column, const SplitOptions& options, RandomKey key) {
  const auto groups = value_strata(table, table.column(column)).rows();
  if (std::ssize(groups) < options.folds) {
    throw InputError(table.name() + ", column \"" + column + "\": expected a value for each of " +
                     std::to_string(options.folds) + " folds, found " + std::to_string(groups.size()) +
                     " different ones; take fewer folds");
  }
  return keep_together(groups, options, static_cast<size_t>(table.rows()), key);
}

}  // namespace

Folds fold_rows(const Table& table, int label_column, const SplitOptions& options) {
  check_folds(table, options);
  const auto method = parse_split_method(options.method);
  const auto key = RandomKey(options.seed).with("folds");
  if (method.kind == "group") return fold_groups(table, method.column, options, key);
  if (method.kind == "stratified" || method.kind == "random")
    return deal(label_strata(table, method.kind == "random" ? -1 : label_column), options.folds, key);
  throw UsageError("--split " + options.method +
                   ": cuts the rows in two, not into folds; expected stratified, random or group:NAME beside folds");
}

}  // namespace attune
