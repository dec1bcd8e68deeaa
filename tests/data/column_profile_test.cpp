// SPDX-License-Identifier: Apache-2.0
#include "attune/data/column_profile.hpp"

#include <gtest/gtest.h>

#include "attune/core/error.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

TEST(ColumnProfile, CountsWhatTheCellsAre) {
  const auto table =
      make_table({"n", "text"}, {{"1", "ab cd"}, {"2.5", ""}, {"", "好\u3000的 x"}, {"-3", "ab cd"}, {"x", "é"}});
  const auto profiles = profile_columns(*table);
  ASSERT_EQ(profiles.size(), 2U);
  const auto& n = profiles[0];
  EXPECT_EQ(n.name, "n");
  EXPECT_EQ(n.rows, 5);
  EXPECT_EQ(n.empty, 1);
  EXPECT_EQ(n.numeric, 3);
  EXPECT_EQ(n.integer, 2);
  EXPECT_EQ(n.distinct, 4);
  EXPECT_EQ(n.examples, (std::vector<std::string>{"1", "2.5", "-3"}));
  const auto& text = profiles[1];
  EXPECT_EQ(text.empty, 1);
  EXPECT_EQ(text.numeric, 0);
  EXPECT_EQ(text.distinct, 3);
  EXPECT_EQ(text.longest, 5);
  EXPECT_DOUBLE_EQ(text.mean_length, (5 + 5 + 5 + 1) / 4.0);
  EXPECT_DOUBLE_EQ(text.mean_spaces, (1 + 2 + 1 + 0) / 4.0);
}

TEST(ColumnProfile, LooksAtRowsAllOverTheTable) {
  Cells rows;
  for (int i = 0; i < 1000; ++i) rows.push_back({std::to_string(i)});
  const auto profile = profile_columns(*make_table({"i"}, rows), 10).at(0);
  EXPECT_EQ(profile.rows, 10);
  EXPECT_EQ(profile.distinct, 10);
  std::vector<std::string> first_three;
  for (size_t i = 0; i < 3; ++i) first_three.push_back(std::to_string(sample_rows(1000, 10)[i]));
  EXPECT_EQ(profile.examples, first_three);
}

TEST(ColumnProfile, CountsUpToTenThousandDistinctValues) {
  Cells rows;
  for (int i = 0; i < 10050; ++i) rows.push_back({std::to_string(i)});
  EXPECT_EQ(profile_columns(*make_table({"i"}, rows), 20000).at(0).distinct, 10000);
}

TEST(ColumnProfile, OfNoRowsIsEmpty) {
  const auto profile = profile_columns(*make_table({"a"}, {})).at(0);
  EXPECT_EQ(profile.rows, 0);
  EXPECT_EQ(profile.mean_length, 0);
}

TEST(ColumnProfile, NeedsARowToLookAt) { EXPECT_THROW((void)profile_columns(*make_table({"a"}, {}), 0), UsageError); }

TEST(SampleRows, TakesOneOfEachStretch) {
  EXPECT_EQ(sample_rows(0, 10), std::vector<int64_t>{});
  EXPECT_EQ(sample_rows(4, 10), (std::vector<int64_t>{0, 1, 2, 3}));
  const auto sample = sample_rows(1000, 100);
  ASSERT_EQ(sample.size(), 100U);
  int odd = 0;
  for (size_t i = 0; i < sample.size(); ++i) {
    EXPECT_EQ(sample[i] / 10, static_cast<int64_t>(i));
    odd += sample[i] % 2 == 1 ? 1 : 0;
  }
  EXPECT_GT(odd, 30);
  EXPECT_LT(odd, 70);
  EXPECT_EQ(sample, sample_rows(1000, 100));
}

}  // namespace
}  // namespace attune::testing
