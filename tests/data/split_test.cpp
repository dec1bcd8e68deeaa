// SPDX-License-Identifier: Apache-2.0
#include "attune/data/split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "attune/core/error.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

/// A table with the columns `id` (shuffled, so that it is no time) and `label`.
std::shared_ptr<const Table> labelled(const std::vector<std::string>& labels) {
  std::vector<int> ids(labels.size());
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int>(i);
  std::shuffle(ids.begin(), ids.end(), std::mt19937(1));
  Cells rows;
  for (size_t i = 0; i < labels.size(); ++i) rows.push_back({std::to_string(ids[i]), labels[i]});
  return make_table({"id", "label"}, rows, "t");
}

std::vector<std::string> repeated(const std::vector<std::pair<std::string, int>>& counts) {
  std::vector<std::string> labels;
  for (const auto& [label, count] : counts) labels.insert(labels.end(), static_cast<size_t>(count), label);
  std::shuffle(labels.begin(), labels.end(), std::mt19937(2));
  return labels;
}

std::map<std::string, int64_t> counts(const Table& table, const std::vector<int64_t>& rows) {
  std::map<std::string, int64_t> result;
  Row row;
  for (const auto i : rows) {
    table.read(i, row);
    ++result[std::string(row[1])];
  }
  return result;
}

/// Both parts together are every row once, each part ascending.
void expect_partition(const Split& split, int64_t rows) {
  EXPECT_TRUE(std::is_sorted(split.training.begin(), split.training.end()));
  EXPECT_TRUE(std::is_sorted(split.validation.begin(), split.validation.end()));
  std::vector<int64_t> all;
  std::merge(split.training.begin(), split.training.end(), split.validation.begin(), split.validation.end(),
             std::back_inserter(all));
  ASSERT_EQ(std::ssize(all), rows);
  for (int64_t i = 0; i < rows; ++i) ASSERT_EQ(all[static_cast<size_t>(i)], i);
}

TEST(StratifiedSplit, KeepsTheShareOfEachValue) {
  const auto table = labelled(repeated({{"a", 600}, {"b", 300}, {"c", 100}}));
  const auto split = split_rows(*table, 1, {});
  expect_partition(split, 1000);
  EXPECT_EQ(counts(*table, split.validation), (std::map<std::string, int64_t>{{"a", 60}, {"b", 30}, {"c", 10}}));
  EXPECT_TRUE(split.notes.empty());
}

/// The total is met and no class is more than a row away from its exact share, whatever the sizes.
TEST(StratifiedSplit, MeetsTheShareByLargestRemainder) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::pair<std::string, int>> sizes;
    int64_t rows = 0;
    for (int i = 0; i < 2 + static_cast<int>(random() % 20); ++i) {
      sizes.emplace_back("c" + std::to_string(i), 2 + static_cast<int>(random() % 50));
      rows += sizes.back().second;
    }
    const double fraction = 0.05 + 0.01 * static_cast<double>(random() % 40);
    const auto table = labelled(repeated(sizes));
    const auto split = split_rows(*table, 1, {.fraction = fraction, .seed = seed});
    expect_partition(split, rows);
    ASSERT_EQ(std::ssize(split.validation), std::llround(fraction * static_cast<double>(rows))) << "seed " << seed;
    const auto taken = counts(*table, split.validation);
    for (const auto& [name, size] : sizes) {
      const auto found = taken.find(name);
      const auto count = found == taken.end() ? 0 : found->second;
      ASSERT_NEAR(static_cast<double>(count), fraction * size, 1.05) << "seed " << seed << ' ' << name;
      ASSERT_LT(count, size);
    }
  }
}

TEST(StratifiedSplit, IsDecidedByTheSeed) {
  const auto table = labelled(repeated({{"a", 100}, {"b", 100}}));
  const auto first = split_rows(*table, 1, {.seed = 1}).validation;
  EXPECT_EQ(first, split_rows(*table, 1, {.seed = 1}).validation);
  EXPECT_NE(first, split_rows(*table, 1, {.seed = 2}).validation);
}

TEST(StratifiedSplit, NeverTakesAClassesOnlyRow) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto table = labelled(repeated({{"a", 30}, {"only", 1}}));
    const auto split = split_rows(*table, 1, {.fraction = 0.5, .seed = seed});
    ASSERT_EQ(counts(*table, split.training)["only"], 1);
    ASSERT_EQ(split.notes,
              std::vector<std::string>{
                  "column \"label\", value \"only\": too few rows for validation, kept whole in training"});
  }
}

TEST(StratifiedSplit, ComesShortRatherThanTakeOnlyRows) {
  const auto table = labelled(repeated({{"a", 2}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}}));
  const auto split = split_rows(*table, 1, {.fraction = 0.5});
  EXPECT_EQ(counts(*table, split.validation), (std::map<std::string, int64_t>{{"a", 1}}));
  ASSERT_EQ(split.notes.size(), 2U);
  EXPECT_THAT(split.notes[0], ::testing::HasSubstr(" and 1 more: too few rows for validation, kept whole in training"));
  EXPECT_EQ(split.notes[1], "validation is 2 rows short of its share of 3, since a value's only row stays in training");
}

TEST(StratifiedSplit, CountsOneRowWithoutAnS) {
  const auto split = split_rows(*labelled(repeated({{"a", 2}, {"b", 1}, {"c", 1}})), 1, {.fraction = 0.5});
  ASSERT_EQ(split.notes.size(), 2U);
  EXPECT_EQ(split.notes[1], "validation is 1 row short of its share of 2, since a value's only row stays in training");
}

TEST(StratifiedSplit, TakesOnlyRowsWhenTheShareIsDemanded) {
  const auto table = labelled(repeated({{"a", 2}, {"b", 1}, {"c", 1}}));
  const auto split = split_rows(*table, 1, {.fraction = 0.5, .fraction_demanded = true});
  EXPECT_EQ(split.validation.size(), 2U);
  EXPECT_EQ(counts(*table, split.validation)["a"], 1);
  EXPECT_THAT(split.notes, ::testing::Contains(::testing::HasSubstr(
                               "every row went to validation to meet the share, so that training sees none")));
}

TEST(StratifiedSplit, OfANumberColumnIsByTenths) {
  std::vector<std::string> labels;
  for (int i = 0; i < 1000; ++i) labels.push_back(std::to_string(i * 7 % 1000) + ".5");
  labels.emplace_back("NA");
  labels.emplace_back("");
  const auto table = labelled(labels);
  const auto split = split_rows(*table, 1, {.fraction = 0.1});
  std::map<int, int> tenths;
  for (const auto& [value, count] : counts(*table, split.validation)) {
    if (value.size() > 2) tenths[std::stoi(value) / 100] += static_cast<int>(count);
  }
  ASSERT_EQ(tenths.size(), 10U);
  for (const auto& [tenth, count] : tenths) EXPECT_NEAR(count, 10, 1) << tenth;
  EXPECT_TRUE(split.notes.empty() || split.notes[0].find("quantile") == std::string::npos);
}

TEST(StratifiedSplit, OfFewNumbersIsByValue) {
  std::vector<std::pair<std::string, int>> digits;
  for (int i = 0; i < 20; ++i) digits.emplace_back(std::to_string(i), 10);
  const auto table = labelled(repeated(digits));
  const auto taken = counts(*table, split_rows(*table, 1, {.fraction = 0.1}).validation);
  ASSERT_EQ(taken.size(), 20U);
  for (const auto& [digit, count] : taken) EXPECT_EQ(count, 1) << digit;
}

TEST(RandomSplit, TakesTheShareAlsoWithoutALabel) {
  const auto table = labelled(repeated({{"a", 95}, {"b", 5}}));
  for (const auto* method : {"random", "stratified"}) {
    const auto split = split_rows(*table, -1, {.method = method, .fraction = 0.25});
    expect_partition(split, 100);
    EXPECT_EQ(split.validation.size(), 25U);
  }
}

TEST(TailSplit, TakesTheLastRows) {
  const auto table = labelled(repeated({{"a", 5}, {"b", 5}}));
  EXPECT_EQ(split_rows(*table, 1, {.method = "tail", .fraction = 0.3}).validation, (std::vector<int64_t>{7, 8, 9}));
}

TEST(GroupSplit, KeepsRowsOfAGroupTogether) {
  std::mt19937 random(3);
  std::vector<std::string> groups;
  for (int i = 0; i < 1000; ++i) groups.push_back("g" + std::to_string(random() % 50));
  const auto table = labelled(groups);
  const auto split = split_rows(*table, -1, {.method = "group:label", .fraction = 0.2});
  expect_partition(split, 1000);
  EXPECT_NEAR(static_cast<double>(split.validation.size()), 200, 20);
  const auto validation = counts(*table, split.validation);
  ASSERT_FALSE(validation.empty());
  for (const auto& [group, count] : counts(*table, split.training)) EXPECT_FALSE(validation.contains(group)) << group;
}

TEST(GroupSplit, TakesTheSmallestGroupWhenNoneFits) {
  const auto table = labelled(repeated({{"a", 60}, {"b", 40}}));
  const auto split = split_rows(*table, -1, {.method = "group:label", .fraction = 0.1});
  EXPECT_EQ(counts(*table, split.validation), (std::map<std::string, int64_t>{{"b", 40}}));
  EXPECT_EQ(split.notes, std::vector<std::string>{
                             "validation has 40 rows instead of 10, since rows with the same \"label\" stay together"});
}

TEST(ColumnSplit, DoesAsTheColumnSays) {
  const auto table = labelled({"train", "Val", "TEST", " training ", "dev", "valid", "validation"});
  EXPECT_EQ(split_rows(*table, -1, {.method = "column:label"}).training, (std::vector<int64_t>{0, 3}));
  EXPECT_EQ(message_of<InputError>([] {
              (void)split_rows(*labelled({"train", "x"}), -1, {.method = "column:label"});
            }),
            "t, row 2, column \"label\": expected train or validation (also valid, val, dev, test), found \"x\"");
  EXPECT_EQ(
      message_of<InputError>([] {
        (void)split_rows(*labelled({"train", "train"}), -1, {.method = "column:label"});
      }),
      "t: validation would be empty (2 rows, --split column:label); let column \"label\" say train and validation, or "
      "split otherwise");
}

TEST(Split, OfNoShareLeavesAllRowsToTraining) {
  const auto table = labelled(repeated({{"a", 30}}));
  for (const auto* method : {"stratified", "random", "tail", "group:label"}) {
    const auto split = split_rows(*table, 1, {.method = method, .fraction = 0});
    EXPECT_EQ(split.training.size(), 30U);
    EXPECT_TRUE(split.validation.empty());
  }
}

TEST(Split, GivesAtLeastARowToEachPart) {
  const auto table = labelled({"a", "a", "a"});
  EXPECT_EQ(split_rows(*table, 1, {.fraction = 0.01}).validation.size(), 1U);
  EXPECT_EQ(split_rows(*table, 1, {.fraction = 0.99}).training.size(), 1U);
}

TEST(Split, RefusesWhatCannotBeDone) {
  const auto split_of = [](const std::vector<std::string>& labels, const SplitOptions& options) {
    return [=] { (void)split_rows(*labelled(labels), 1, options); };
  };
  EXPECT_EQ(message_of<InputError>(split_of({"a"}, {})),
            "t: validation would be empty (1 row, --split stratified); give more rows");
  EXPECT_EQ(message_of<InputError>(split_of({"a", "b"}, {})),
            "t: validation would be empty (2 rows, --split stratified); give more rows, another --split, or do without "
            "validation (--validation-fraction 0)");
  EXPECT_THROW(split_of({"a", "b", "c"}, {})(), InputError);
  EXPECT_EQ(message_of<InputError>(split_of({"a", "a"}, {.method = "group:label"})),
            "t: column \"label\" has one value in all rows, so that they cannot be split by it");
  EXPECT_EQ(message_of<UsageError>(split_of({"a", "a"}, {.method = "stratifed"})),
            "--split stratifed: unknown method (did you mean \"stratified\"?)");
  EXPECT_EQ(message_of<UsageError>(split_of({"a", "a"}, {.method = "group"})),
            "--split group: expected a column, --split group:NAME");
  EXPECT_THROW(split_of({"a", "a"}, {.method = "column:"})(), UsageError);
  EXPECT_THROW(split_of({"a", "a"}, {.method = "tail:label"})(), UsageError);
  EXPECT_EQ(message_of<InputError>(split_of({"a", "a"}, {.method = "group:labl"})),
            "t: no column \"labl\" (did you mean \"label\"?)");
  EXPECT_THROW((void)split_rows(*labelled({"a", "a"}), 2, {}), UsageError);
  for (const double fraction : {1.0, -0.1, 7.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(split_of({"a", "a"}, {.fraction = fraction})(), UsageError) << fraction;
  }
}

}  // namespace
}  // namespace attune::testing
