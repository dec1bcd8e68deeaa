// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "attune/core/error.hpp"
#include "attune/data/split.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

/// A table of one column, its values shuffled.
std::shared_ptr<const Table> table_of(const std::vector<std::pair<std::string, int>>& counts) {
  Cells rows;
  for (const auto& [value, count] : counts) rows.insert(rows.end(), static_cast<size_t>(count), {value});
  std::shuffle(rows.begin(), rows.end(), std::mt19937(2));
  return make_table({"value"}, rows, "t");
}

std::string value_of(const Table& table, size_t row) {
  Row cells;
  table.read(static_cast<int64_t>(row), cells);
  return std::string(cells[0]);
}

using Sizes = std::map<int64_t, int>;

Sizes sizes_of(const std::vector<int64_t>& folds) {
  Sizes sizes;
  for (const auto fold : folds) ++sizes[fold];
  return sizes;
}

TEST(Folds, AreEqualInSizeAndInEachValue) {
  const auto table = table_of({{"a", 52}, {"b", 31}, {"c", 3}});
  const auto folds = fold_rows(*table, 0, {.seed = 1, .folds = 5});
  ASSERT_EQ(folds.size(), 86U);
  std::map<std::pair<std::string, int64_t>, int> by_value;
  for (size_t row = 0; row < folds.size(); ++row) ++by_value[{value_of(*table, row), folds[row]}];
  const auto sizes = sizes_of(folds);
  ASSERT_EQ(sizes.size(), 5U);
  for (const auto& [fold, size] : sizes) EXPECT_NEAR(size, 86 / 5.0, 1) << fold;
  for (const auto& [key, count] : by_value) {
    EXPECT_NEAR(count, (key.first == "a" ? 52 : key.first == "b" ? 31 : 3) / 5.0, 1) << key.first << key.second;
  }
  EXPECT_EQ(folds, fold_rows(*table, 0, {.seed = 1, .folds = 5}));
  EXPECT_NE(folds, fold_rows(*table, 0, {.seed = 2, .folds = 5}));
}

TEST(Folds, AtRandomAreEqualInSizeAlone) {
  const auto table = table_of({{"a", 10}, {"b", 10}});
  std::set<int> of_a;  // in the first fold, over some seeds
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const auto folds = fold_rows(*table, 0, {.method = "random", .seed = seed, .folds = 2});
    ASSERT_EQ(sizes_of(folds), (Sizes{{0, 10}, {1, 10}}));
    int count = 0;
    for (size_t row = 0; row < folds.size(); ++row) count += folds[row] == 0 && value_of(*table, row) == "a" ? 1 : 0;
    of_a.insert(count);
  }
  EXPECT_GT(of_a.size(), 2U) << "stratified";
}

TEST(Folds, KeepGroupsTogether) {
  const auto table = table_of({{"a", 40}, {"b", 20}, {"c", 20}, {"d", 10}, {"e", 10}, {"f", 10}, {"g", 10}});
  const auto folds = fold_rows(*table, -1, {.method = "group:value", .folds = 3});
  std::map<std::string, std::set<int64_t>> folds_of;
  for (size_t row = 0; row < folds.size(); ++row) folds_of[value_of(*table, row)].insert(folds[row]);
  ASSERT_EQ(folds_of.size(), 7U);
  for (const auto& [group, found] : folds_of) EXPECT_EQ(found.size(), 1U) << group;
  EXPECT_EQ(sizes_of(folds), (Sizes{{0, 40}, {1, 40}, {2, 40}}));
}

TEST(Folds, AsASplitValidateEachRowOnce) {
  for (const std::string method : {"stratified", "random", "group:value"}) {
    const auto table = table_of({{"a", 7}, {"b", 6}, {"c", 5}, {"d", 1}});
    std::vector<int> validated(19);
    for (int64_t fold = 0; fold < 4; ++fold) {
      const auto split = split_rows(*table, 0, {.method = method, .seed = 3, .folds = 4, .fold = fold});
      ASSERT_EQ(split.training.size() + split.validation.size(), 19U);
      ASSERT_FALSE(split.validation.empty()) << method << fold;
      for (const auto row : split.validation) {
        ++validated[static_cast<size_t>(row)];
        EXPECT_EQ(std::count(split.training.begin(), split.training.end(), row), 0);
      }
    }
    EXPECT_EQ(validated, std::vector<int>(19, 1)) << method;
  }
}

TEST(Folds, NeedTwoOrMoreAndRowsForEach) {
  const auto table = table_of({{"a", 1}, {"b", 1}, {"c", 1}});
  EXPECT_EQ(fold_rows(*table, -1, {.folds = 3}).size(), 3U);
  EXPECT_EQ(message_of<UsageError>([&] { (void)fold_rows(*table, 0, {.folds = 4}); }),
            "folds: expected 2 to 3 (the rows of t), found 4");
  EXPECT_THROW((void)fold_rows(*table, 0, {.folds = 1}), UsageError);
  for (const int64_t fold : {-1, 3}) {
    EXPECT_EQ(message_of<UsageError>([&] { (void)split_rows(*table, 0, {.fraction = 0, .folds = 3, .fold = fold}); }),
              "fold: expected 0 to 2, found " + std::to_string(fold));
  }
}

TEST(Folds, RefuseSplitsThatAreNoFolds) {
  const auto table = table_of({{"a", 5}, {"b", 5}});
  const auto message = [&](const std::string& method, int64_t folds) {
    return message_of<Error>([&] { (void)fold_rows(*table, 0, {.method = method, .folds = folds}); });
  };
  for (const std::string method : {"tail", "column:value"}) {
    EXPECT_EQ(message(method, 2),
              "--split " + method +
                  ": cuts the rows in two, not into folds; expected stratified, random or group:NAME beside folds");
  }
  EXPECT_EQ(message("group:value", 3),
            "t, column \"value\": expected a value for each of 3 folds, found 2 different ones; take fewer folds");
  EXPECT_EQ(message("group:valeu", 2), "t: no column \"valeu\" (did you mean \"value\"?)");
}

}  // namespace
}  // namespace attune::testing
