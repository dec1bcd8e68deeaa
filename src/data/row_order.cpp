// SPDX-License-Identifier: Apache-2.0
#include "row_order.hpp"

#include <algorithm>
#include <vector>

#include "attune/data/column_profile.hpp"
#include "numbers.hpp"

namespace attune {
namespace {

constexpr int64_t kFewestRows = 20;  // fewer say nothing about an order
constexpr int64_t kFewestRises = 10;
constexpr double kTimesLonger = 10;

/// `2024-05-31`, `2024/05/31 12:00`: in this form the order of the text is the order in time.
bool is_date(std::string_view cell) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (cell.size() < kForm.size()) return false;
  for (size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = cell[i] >= '0' && cell[i] <= '9';
    const bool separator = cell[i] == '-' || cell[i] == '/' || cell[i] == '.';
    if (kForm[i] == 'd' ? !digit : !separator) return false;
  }
  return true;
}

/// Follows one column down the rows until it is seen to fall, or to be neither numbers nor dates.
class AscentWatcher {
 public:
  explicit AscentWatcher(int column) : column_(column) {}

  [[nodiscard]] int column() const { return column_; }
  [[nodiscard]] bool ascends() const { return rises_ >= kFewestRises; }

  /// False when the column is out.
  bool add(std::string_view cell) {
    cell = trimmed(cell);
    if (cell.empty()) return true;
    return is_date(cell) ? add_date(cell) : add_number(cell);
  }

 private:
  bool add_date(std::string_view cell) {
    if (number_) return false;
    if (cell < date_) return false;
    rises_ += !date_.empty() && cell > date_ ? 1 : 0;
    date_ = cell;
    return true;
  }

  bool add_number(std::string_view cell) {
    const auto number = parse_number(cell);
    if (!number || !date_.empty() || (number_ && *number < *number_)) return false;
    rises_ += number_ && *number > *number_ ? 1 : 0;
    number_ = number;
    return true;
  }

  int column_;
  int64_t rises_ = 0;
  std::optional<double> number_;
  std::string date_;
};

}  // namespace

bool looks_sorted(const Strata& strata) {
  const auto rows = static_cast<int64_t>(strata.of_row.size());
  if (rows < kFewestRows || strata.count() < 2) return false;
  double alike = 0;  // chance that two rows drawn at random are of one stratum
  for (const auto& stratum : strata.rows()) {
    const auto share = static_cast<double>(stratum.size()) / static_cast<double>(rows);
    alike += share * share;
  }
  int64_t changes = 0;
  for (size_t i = 1; i < strata.of_row.size(); ++i) changes += strata.of_row[i] != strata.of_row[i - 1] ? 1 : 0;
  return static_cast<double>(changes) * kTimesLonger <= static_cast<double>(rows - 1) * (1 - alike);
}

std::optional<std::string> time_like_column(const Table& table, int label_column) {
  if (table.rows() < kFewestRows) return std::nullopt;
  std::vector<AscentWatcher> watchers;
  for (int column = 0; column < table.columns(); ++column) {
    if (column != label_column) watchers.emplace_back(column);
  }
  Row row;
  for (int64_t i = 0; i < table.rows() && !watchers.empty(); ++i) {
    table.read(i, row);
    std::erase_if(watchers, [&](AscentWatcher& watcher) { return !watcher.add(row[watcher.column()]); });
  }
  std::erase_if(watchers, [](const AscentWatcher& watcher) { return !watcher.ascends(); });
  if (watchers.empty()) return std::nullopt;
  return table.names()[static_cast<size_t>(watchers.front().column())];
}

}  // namespace attune
