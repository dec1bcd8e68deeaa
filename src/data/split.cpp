// SPDX-License-Identifier: Apache-2.0
#include "attune/data/split.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "attune/core/wording.hpp"
#include "column_names.hpp"
#include "numbers.hpp"
#include "quota.hpp"
#include "row_order.hpp"
#include "split_method.hpp"
#include "strata.hpp"

namespace attune {
namespace {

void check_fraction(double fraction) {
  if (fraction >= 0 && fraction < 1) return;  // false for NaN
  throw UsageError("--validation-fraction " + std::to_string(fraction) + ": expected a share from 0 to below 1");
}

/// Cuts a table by one method; `validation_` marks the rows taken.
class Splitter {
 public:
  Splitter(const Table& table, int label_column, const SplitOptions& options)
      : table_(table),
        label_column_(label_column),
        options_(options),
        method_(parse_split_method(options.method)),
        key_(RandomKey(options.seed).with("split")),
        validation_(static_cast<size_t>(table.rows())) {
    check_fraction(options.fraction);
  }

  Split split() {
    if (options_.folds > 0) {
      take_fold();
    } else if (method_.kind == "column") {
      take_by_column();
    } else if (target() > 0) {
      take_share();
    }
    for (int64_t row = 0; row < table_.rows(); ++row) {
      (validation_[static_cast<size_t>(row)] ? result_.validation : result_.training).push_back(row);
    }
    check_parts();
    if (!result_.validation.empty()) warn_of_order();
    return std::move(result_);
  }

 private:
  /// Rows that validation should get: at least one, and one left for training.
  [[nodiscard]] int64_t target() const {
    if (options_.fraction == 0 || table_.rows() < 2) return 0;
    const auto wanted = std::llround(options_.fraction * static_cast<double>(table_.rows()));
    return std::clamp<int64_t>(wanted, 1, table_.rows() - 1);
  }

  void take_fold() {
    const auto fold_of = fold_rows(table_, label_column_, options_);
    if (options_.fold < 0 || options_.fold >= options_.folds) {
      throw UsageError("fold: expected 0 to " + std::to_string(options_.folds - 1) + ", found " +
                       std::to_string(options_.fold));
    }
    for (size_t row = 0; row < fold_of.size(); ++row) validation_[row] = fold_of[row] == options_.fold;
  }

  void take_share() {
    if (method_.kind == "tail") {
      std::fill(validation_.end() - target(), validation_.end(), true);
    } else if (method_.kind == "group") {
      take_groups();
    } else {
      take_strata(label_strata(table_, method_.kind == "random" ? -1 : label_column_));
    }
  }

  void take_strata(const Strata& strata) {
    const auto rows = strata.rows();
    std::vector<int64_t> sizes;
    for (const auto& stratum : rows) sizes.push_back(static_cast<int64_t>(stratum.size()));
    const auto quota = share_largest_remainder(target(), sizes, options_.fraction_demanded, key_.with("quota"));
    for (size_t i = 0; i < rows.size(); ++i) take(rows[i], quota.taken[i]);
    note_whole_strata(strata, sizes, quota);
  }

  /// Takes the rows whose draws are smallest: a draw depends on the row's number only.
  void take(const std::vector<int64_t>& rows, int64_t count) {
    std::vector<std::pair<uint64_t, int64_t>> draws;
    for (const auto row : rows) draws.emplace_back(key_.bits(static_cast<uint64_t>(row)), row);
    std::nth_element(draws.begin(), draws.begin() + count, draws.end());
    for (int64_t i = 0; i < count; ++i) validation_[static_cast<size_t>(draws[static_cast<size_t>(i)].second)] = true;
  }

  void note_whole_strata(const Strata& strata, const std::vector<int64_t>& sizes, const Quota& quota) {
    std::vector<std::string> whole;
    std::vector<std::string> gone;
    for (size_t i = 0; i < sizes.size(); ++i) {
      if (sizes[i] > 0 && quota.taken[i] == 0) whole.push_back(strata.names[i]);
      if (sizes[i] > 0 && quota.taken[i] == sizes[i]) gone.push_back(strata.names[i]);
    }
    if (!whole.empty()) note_values("too few rows for validation, kept whole in training", whole);
    if (!gone.empty()) note_values("every row went to validation to meet the share, so that training sees none", gone);
    if (quota.missing > 0) {
      result_.notes.push_back("validation is " + counted(quota.missing, "row") + " short of its share of " +
                              std::to_string(target()) + ", since a value's only row stays in training");
    }
  }

  void note_values(const std::string& what, const std::vector<std::string>& values) {
    result_.notes.push_back("column \"" + table_.names()[static_cast<size_t>(label_column_)] + "\", " +
                            (values.size() == 1 ? "value " : "values ") + quoted_list(values) + ": " + what);
  }

  /// Adds whole groups in random order as long as they fit; when none does, the smallest alone.
  void take_groups() {
    const auto groups = value_strata(table_, table_.column(method_.column)).rows();
    if (groups.size() < 2) {
      throw InputError(table_.name() + ": column \"" + method_.column +
                       "\" has one value in all rows, so that they cannot be split by it");
    }
    std::vector<int64_t> order(groups.size());
    key_.with("groups").permutation(order);
    int64_t taken = 0;
    for (const auto group : order) {
      const auto& rows = groups[static_cast<size_t>(group)];
      const auto size = static_cast<int64_t>(rows.size());
      if (taken + size > target()) continue;
      take(rows, size);
      taken += size;
    }
    if (taken == 0) taken = take_smallest(groups);
    note_group_share(taken);
  }

  int64_t take_smallest(const std::vector<std::vector<int64_t>>& groups) {
    const auto smallest = std::min_element(groups.begin(), groups.end(),
                                           [](const auto& a, const auto& b) { return a.size() < b.size(); });
    take(*smallest, static_cast<int64_t>(smallest->size()));
    return static_cast<int64_t>(smallest->size());
  }

  void note_group_share(int64_t taken) {
    if (taken == target()) return;
    result_.notes.push_back("validation has " + counted(taken, "row") + " instead of " + std::to_string(target()) +
                            ", since rows with the same \"" + method_.column + "\" stay together");
  }

  void take_by_column() {
    static const std::map<std::string, bool, std::less<>> words{{"train", false}, {"training", false},  {"val", true},
                                                                {"valid", true},  {"validation", true}, {"dev", true},
                                                                {"test", true}};
    const int column = table_.column(method_.column);
    Row row;
    for (int64_t i = 0; i < table_.rows(); ++i) {
      table_.read(i, row);
      std::string word(trimmed(row[column]));
      for (auto& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      const auto found = words.find(word);
      if (found == words.end()) {
        throw InputError(table_.where(i) + ", column \"" + method_.column +
                         "\": expected train or validation (also valid, val, dev, test), found \"" +
                         std::string(row[column]) + "\"");
      }
      validation_[static_cast<size_t>(i)] = found->second;
    }
  }

  void check_parts() const {
    const bool asked = method_.kind == "column" || options_.fraction > 0;
    if (!asked || (!result_.training.empty() && !result_.validation.empty())) return;
    const auto* part = result_.training.empty() ? "training" : "validation";
    throw InputError(table_.name() + ": " + part + " would be empty (" + counted(rows(), "row") + ", --split " +
                     options_.method + "); " + way_to_parts());
  }

  [[nodiscard]] size_t rows() const { return validation_.size(); }

  /// A lone row cannot be trained on in whatever way it is split.
  [[nodiscard]] std::string way_to_parts() const {
    if (rows() < 2) return "give more rows";
    if (method_.kind == "column")
      return "let column \"" + method_.column + "\" say train and validation, or split otherwise";
    return "give more rows, another --split, or do without validation (--validation-fraction 0)";
  }

  void warn_of_order() {
    if (method_.kind == "tail" && label_column_ >= 0) warn_of_label_order();
    if (method_.kind == "tail" || method_.kind == "column") return;
    if (const auto column = time_like_column(table_, label_column_)) {
      result_.notes.push_back("warning: column \"" + *column +
                              "\" rises from row to row; if rows are ordered by time, use --split " +
                              "tail, so that validation lies after training");
    }
  }

  void warn_of_label_order() {
    const auto strata = label_strata(table_, label_column_);
    if (strata.quantiles || !looks_sorted(strata)) return;  // a number that changes slowly is what a series is
    result_.notes.push_back("warning: rows look ordered by \"" + table_.names()[static_cast<size_t>(label_column_)] +
                            "\", and the last ones are taken for validation; use --split stratified");
  }

  const Table& table_;
  int label_column_;
  const SplitOptions& options_;
  SplitMethod method_;
  RandomKey key_;
  std::vector<bool> validation_;
  Split result_;
};

}  // namespace

Split split_rows(const Table& table, int label_column, const SplitOptions& options) {
  return Splitter(table, label_column, options).split();
}

}  // namespace attune
