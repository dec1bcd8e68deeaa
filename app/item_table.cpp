// SPDX-License-Identifier: Apache-2.0
#include "item_table.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/core/string_map.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/column_profile.hpp"

namespace attune::app {
namespace {

constexpr int64_t kRowsBetweenLooks = 4096;
/// Features are kept as they are computed with, zeros included: 2 GiB.
constexpr int64_t kMostFeatures = int64_t{1} << 28;
constexpr double kNoTarget = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kWayOut = "; give it a value or pass --skip-bad-rows";

class ItemReader {
 public:
  ItemReader(const Table& table, ItemColumns columns, bool skip_bad_rows)
      : table_(table), skip_(skip_bad_rows), group_column_(table.column(columns.group)) {
    result_.columns = std::move(columns);
    for (const auto& feature : result_.columns.features) {
      feature_columns_.push_back(table.column(feature.name));
      auto& numbers = categories_.emplace_back();
      for (const auto& category : feature.categories) numbers.emplace(category, numbers.size());
    }
    for (const auto& name : result_.columns.values) value_columns_.push_back(table.column(name));
    for (const auto& name : result_.columns.targets) target_columns_.push_back(table.column(name));
  }

  void read_row(int64_t row) {
    table_.read(row, cells_);
    row_ = row;
    const auto group = find_group();
    if (!group) return leave_out();
    // First, so that a reading that is missing does not take its group's target along.
    read_targets(*group);
    const auto features = features_.size(), values = values_.size();
    if (read_features() && read_values()) {
      item_groups_.push_back(*group);
      rows_.push_back(row);
      return;
    }
    features_.resize(features);
    values_.resize(values);
    leave_out();
  }

  ItemTable finish() && {
    number_kept_groups();
    if (rows_.empty() || result_.group_names.empty())
      throw InputError(table_.name() + ": no item is left in any group; nothing can be learnt");
    check_size();
    pack_items();
    pack_targets();
    return std::move(result_);
  }

 private:
  struct Group {
    std::string name;
    int64_t first_row;
    int64_t items = 0;
    int64_t number = -1;  // among those that are kept
  };

  [[nodiscard]] std::string where(int column) const {
    return table_.where(row_) + ", column \"" + table_.names()[static_cast<size_t>(column)] + "\": ";
  }

  void leave_out() { ++result_.unreadable_items; }

  /// Whether the row is left out; else the error is thrown.
  bool refuse(int column, const std::string& what) const {
    if (skip_) return false;
    throw InputError(where(column) + what);
  }

  std::optional<size_t> find_group() {
    const auto name = cells_[group_column_];
    if (name.empty()) {
      static_cast<void>(refuse(group_column_, std::string("empty, so that the item is in no group") + kWayOut));
      return std::nullopt;
    }
    const auto found = group_numbers_.find(name);
    if (found != group_numbers_.end()) return found->second;
    const auto number = groups_.size();
    group_numbers_.emplace(std::string(name), number);
    groups_.push_back({std::string(name), row_});
    targets_.resize(targets_.size() + target_columns_.size(), kNoTarget);
    target_rows_.resize(targets_.size(), -1);
    return number;
  }

  bool read_number(int column, std::vector<double>& out) const {
    const auto cell = cells_[column];
    if (const auto number = parse_number(cell)) {
      out.push_back(*number);
      return true;
    }
    if (cell.empty()) return refuse(column, std::string("empty, expected a number") + kWayOut);
    return refuse(column, "expected a finite number, found \"" + shortened(cell, 40) +
                              "\"; mend it or pass --skip-bad-rows (a feature of names is COLUMN:category)");
  }

  bool read_category(size_t feature) {
    const auto column = feature_columns_[feature];
    const auto cell = cells_[column];
    auto& numbers = categories_[feature];
    auto& known = result_.columns.features[feature].categories;
    auto found = numbers.find(cell);
    if (found == numbers.end()) {
      if (cell.empty()) return refuse(column, std::string("empty, expected a category") + kWayOut);
      if (result_.columns.categories_are_known)
        return refuse(column, "unknown category \"" + shortened(cell, 40) + "\"" + suggestion(cell, known) +
                                  "; the parameters know no other; learn anew, or pass --skip-bad-rows");
      found = numbers.emplace(std::string(cell), numbers.size()).first;
      known.emplace_back(cell);
    }
    features_.push_back(static_cast<double>(found->second));
    return true;
  }

  bool read_features() {
    for (size_t f = 0; f < feature_columns_.size(); ++f) {
      const bool read =
          result_.columns.features[f].is_category ? read_category(f) : read_number(feature_columns_[f], features_);
      if (!read) return false;
    }
    return true;
  }

  bool read_values() {
    return std::all_of(value_columns_.begin(), value_columns_.end(),
                       [this](int column) { return read_number(column, values_); });
  }

  /// A class as its number, a number as itself.
  double read_target(int column) const {
    const auto cell = cells_[column];
    const auto& classes = result_.columns.classes;
    if (!classes.empty()) {
      const auto found = std::find(classes.begin(), classes.end(), cell);
      if (found != classes.end()) return static_cast<double>(found - classes.begin());
      throw InputError(where(column) + "unknown class \"" + shortened(cell, 40) + "\"" + suggestion(cell, classes) +
                       "; a class is the name of the value column that scores it, or say with --classes which "
                       "class each of them scores");
    }
    if (const auto number = parse_number(cell)) return *number;
    throw InputError(where(column) + "expected a finite number, found \"" + shortened(cell, 40) +
                     "\"; mend it, or take --loss cross_entropy for a target that names a class");
  }

  void read_targets(size_t group) {
    for (size_t t = 0; t < target_columns_.size(); ++t) {
      if (cells_[target_columns_[t]].empty()) continue;
      const double target = read_target(target_columns_[t]);
      const auto at = group * target_columns_.size() + t;
      if (target_rows_[at] < 0) {
        targets_[at] = target;
        target_rows_[at] = row_;
      } else if (targets_[at] != target) {
        refuse_other_target(group, at, target_columns_[t]);
      }
    }
  }

  [[noreturn]] void refuse_other_target(size_t group, size_t at, int column) {
    const auto found = shortened(cells_[column], 40), place = where(column);
    Row earlier;
    table_.read(target_rows_[at], earlier);
    throw InputError(place + "group \"" + shortened(groups_[group].name, 40) + "\" has the target \"" +
                     shortened(earlier[column], 40) + "\" in " + table_.where(target_rows_[at]) + ", found \"" + found +
                     "\" here; a group has one target");
  }

  [[nodiscard]] bool has_targets(size_t group) {
    for (size_t t = 0; t < target_columns_.size(); ++t) {
      if (target_rows_[group * target_columns_.size() + t] >= 0) continue;
      row_ = groups_[group].first_row;
      if (!refuse(target_columns_[t],
                  "empty in every row of group \"" + shortened(groups_[group].name, 40) + "\"" + kWayOut))
        return false;
    }
    return true;
  }

  void number_kept_groups() {
    for (const auto group : item_groups_) ++groups_[group].items;
    for (size_t g = 0; g < groups_.size(); ++g) {
      if (groups_[g].items == 0) continue;  // all of them were left out
      if (!has_targets(g)) {
        ++result_.groups_without_target;
        continue;
      }
      groups_[g].number = static_cast<int64_t>(result_.group_names.size());
      result_.group_names.push_back(groups_[g].name);
      result_.groups.offsets.push_back(result_.groups.offsets.back() + groups_[g].items);
    }
  }

  void check_size() {
    auto& groups = result_.groups;
    groups.key_width = static_cast<int64_t>(feature_names(result_.columns).size());
    groups.value_width = static_cast<int64_t>(value_columns_.size());
    if (groups.key_width <= kMostFeatures / groups.items()) return;
    throw UsageError("--features: " + counted(groups.items(), "item") + " of " + counted(groups.key_width, "feature") +
                     " (a category is one each) would not fit into memory; " + "expected at most " +
                     with_commas(kMostFeatures / groups.items()) + " features");
  }

  /// Items in the order of their groups, categories spread over as many features as there are.
  void pack_items() {
    auto& groups = result_.groups;
    const auto keys = static_cast<size_t>(groups.key_width), values = value_columns_.size();
    groups.features.assign(static_cast<size_t>(groups.items()) * keys, 0);
    groups.values.resize(static_cast<size_t>(groups.items()) * values);
    result_.rows.resize(static_cast<size_t>(groups.items()));
    auto next = groups.offsets;
    for (size_t i = 0; i < rows_.size(); ++i) {
      const auto group = groups_[item_groups_[i]].number;
      if (group < 0) continue;
      const auto place = static_cast<size_t>(next[static_cast<size_t>(group)]++);
      result_.rows[place] = rows_[i];
      spread_features(features_.data() + i * feature_columns_.size(), groups.features.data() + place * keys);
      std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(i * values), values,
                  groups.values.begin() + static_cast<std::ptrdiff_t>(place * values));
    }
  }

  void spread_features(const double* in, double* out) const {
    for (const auto& feature : result_.columns.features) {
      if (feature.is_category) {
        out[static_cast<size_t>(*in++)] = 1;
        out += feature.categories.size();
      } else {
        *out++ = *in++;
      }
    }
  }

  void pack_targets() {
    const bool classes = !result_.columns.classes.empty();
    const auto columns = target_columns_.size();
    for (size_t g = 0; g < groups_.size(); ++g) {
      if (groups_[g].number < 0) continue;
      if (classes) {
        result_.groups.classes.push_back(static_cast<int64_t>(targets_[g * columns]));
        continue;
      }
      for (size_t v = 0; v < value_columns_.size(); ++v)
        result_.groups.targets.push_back(targets_[g * columns + (columns == 1 ? 0 : v)]);
    }
  }

  const Table& table_;
  bool skip_;
  int group_column_;
  std::vector<int> feature_columns_, value_columns_, target_columns_;
  Row cells_;
  int64_t row_ = 0;

  StringMap<size_t> group_numbers_;
  std::vector<Group> groups_;
  std::vector<double> targets_;                // [groups, target columns]
  std::vector<int64_t> target_rows_;           // where each was read first; -1: nowhere yet
  std::vector<StringMap<size_t>> categories_;  // of each feature column
  std::vector<size_t> item_groups_;            // [items]
  std::vector<int64_t> rows_;                  // [items]
  std::vector<double> features_;               // [items, feature columns]; a category is its number
  std::vector<double> values_;                 // [items, value columns]
  ItemTable result_;
};

}  // namespace

ItemTable read_items(const Table& table, ItemColumns columns, bool skip_bad_rows,
                     const std::function<bool()>& should_stop) {
  ItemReader reader(table, std::move(columns), skip_bad_rows);
  for (int64_t row = 0; row < table.rows(); ++row) {
    if (row % kRowsBetweenLooks == 0 && should_stop()) throw StoppedError("interrupted while the table was read");
    reader.read_row(row);
  }
  return std::move(reader).finish();
}

}  // namespace attune::app
