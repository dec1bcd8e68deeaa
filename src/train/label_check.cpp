// SPDX-License-Identifier: Apache-2.0
#include "label_check.hpp"

#include <algorithm>
#include <unordered_set>

#include "attune/core/wording.hpp"
#include "attune/data/column_profile.hpp"

namespace attune {
namespace {

constexpr int64_t kFewestRows = 10, kRowsLookedAt = 10000;

struct Labels {
  int64_t rows = 0, different = 0, numbers = 0, blanks = 0;

  [[nodiscard]] bool are_doubtful() const { return rows >= kFewestRows && 2 * different > rows; }
};

/// Of up to `limit` rows.
Labels look_at(const Table& table, int column, int64_t limit) {
  Labels labels;
  std::unordered_set<std::string> seen;
  Row cells;
  for (const int64_t row : sample_rows(table.rows(), limit)) {
    table.read(row, cells);
    const auto cell = cells[column];
    ++labels.rows;
    labels.numbers += parse_number(cell) ? 1 : 0;
    labels.blanks += std::count(cell.begin(), cell.end(), ' ');
    seen.emplace(cell);
  }
  labels.different = std::ssize(seen);
  return labels;
}

/// What such a column is as a rule, and what to do then.
std::string looks(const Labels& labels, const std::string& column) {
  const std::string other = "; choose another column with --output, one of few different values";
  if (10 * labels.numbers > 9 * labels.rows)
    return "they look like numbers, not like classes; predict the number with --output " + column + ":number";
  if (labels.blanks >= labels.rows) return "they look like texts, not like classes" + other;
  return "they look like names or identifiers, not like classes" + other;
}

}  // namespace

LabelDoubt doubt_classes(const Table& table, const std::string& column) {
  const int number = table.column(column);
  auto labels = look_at(table, number, kRowsLookedAt);
  if (labels.are_doubtful() && labels.rows < table.rows()) labels = look_at(table, number, table.rows());
  if (!labels.are_doubtful()) return {};
  return {labels.different == labels.rows, "column \"" + column +
                                               "\": " + counted(labels.different, "different label") + " in " +
                                               counted(labels.rows, "row") + ": " + looks(labels, column)};
}

}  // namespace attune
