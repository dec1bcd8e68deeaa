// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/ngram_vocabulary.hpp"

#include <gtest/gtest.h>

#include "attune/core/error.hpp"
#include "support/message_of.hpp"

namespace attune {
namespace {

constexpr int32_t kGap = UnitRows::kNone;

UnitRows units(const std::vector<std::vector<int32_t>>& rows) {
  UnitRows result;
  for (const auto& row : rows) {
    result.units.insert(result.units.end(), row.begin(), row.end());
    result.end_row();
  }
  return result;
}

std::vector<SparseEntry> row_of(const SparseRows& rows, int64_t r) { return {rows.row(r).begin(), rows.row(r).end()}; }

TEST(NgramVocabulary, TheMostFrequentComeFirst) {
  const auto rows = units({{5, 7, 7}, {}, {7, 5}});
  const NgramVocabulary single(rows, 1);
  ASSERT_EQ(single.columns(), 2);  // 7 three times, 5 twice
  const auto counts = single.count(rows);
  EXPECT_EQ(counts.columns(), 2);
  EXPECT_EQ(row_of(counts, 0), (std::vector<SparseEntry>{{0, 2}, {1, 1}}));
  EXPECT_TRUE(counts.row(1).empty());
  EXPECT_EQ(row_of(counts, 2), (std::vector<SparseEntry>{{0, 1}, {1, 1}}));
}

TEST(NgramVocabulary, PairsDoNotReachOverAGap) {
  const auto rows = units({{1, 2, kGap, 2, 1}});
  const NgramVocabulary pairs(rows, 2);
  EXPECT_EQ(pairs.columns(), 4);  // 1, 2, (1, 2), (2, 1)
  EXPECT_EQ(pairs.count(units({{1, kGap, 2}})).row(0).size(), 2U);
  EXPECT_EQ(pairs.count(units({{1, 2, 1}})).row(0).size(), 4U);
  EXPECT_EQ(pairs.count(units({{kGap}, {}, {9, 9}})).entries(), 0U);
}

TEST(NgramVocabulary, KeepsSoMany) {
  const auto rows = units({{3, 3, 3, 1, 1, 2, 4}});
  EXPECT_EQ(NgramVocabulary(rows, 1, 2).columns(), 2);
  const auto counts = NgramVocabulary(rows, 1, 3).count(rows);  // 2 and 4 are tied; the lower number is kept
  EXPECT_EQ(row_of(counts, 0), (std::vector<SparseEntry>{{0, 3}, {1, 2}, {2, 1}}));
  EXPECT_EQ(NgramVocabulary(rows, 1, 3).count(units({{4}})).entries(), 0U);
}

TEST(NgramVocabulary, ForgetsTheRareWhenThereAreTooMany) {
  std::vector<int32_t> row;
  for (int32_t i = 0; i < 1000; ++i) row.insert(row.end(), {0, i});
  const NgramVocabulary vocabulary(units({row}), 1, 100, 50);
  EXPECT_LE(vocabulary.columns(), 50);
  EXPECT_EQ(row_of(vocabulary.count(units({{0}})), 0), (std::vector<SparseEntry>{{0, 1}})) << "in every pair";
  EXPECT_EQ(vocabulary.count(units({{1}})).entries(), 0U) << "seen once, long ago";
}

TEST(NgramVocabulary, FindsWhereNgramsStand) {
  constexpr int32_t kNone = UnitRows::kNone;
  const NgramVocabulary vocabulary(units({{5, 6}, {5, 6}, {5}}), 2);  // 5, then 6 and 5 6
  const std::vector<int32_t> row = {6, 5, 6, kNone, 5, 9, 6};
  std::vector<std::array<size_t, 2>> places;
  for (const auto& [column, begin, end] : vocabulary.find(row)) places.push_back({begin, end});
  EXPECT_EQ(places, (std::vector<std::array<size_t, 2>>{{0, 1}, {1, 2}, {1, 3}, {2, 3}, {4, 5}, {6, 7}}));
  EXPECT_TRUE(vocabulary.find({}).empty());
}

TEST(SparseRows, BesideEachOther) {
  SparseRows left(2), right(3), short_one(3);
  left.add(1, 5);
  left.end_row();
  left.end_row();
  right.add(0, 1);
  right.add(1, 0);  // not held
  right.add(2, 2);
  right.end_row();
  right.end_row();
  const auto joined = beside(left, right);
  EXPECT_EQ(joined.columns(), 5);
  EXPECT_EQ(row_of(joined, 0), (std::vector<SparseEntry>{{1, 5}, {2, 1}, {4, 2}}));
  EXPECT_TRUE(joined.row(1).empty());
  EXPECT_EQ(testing::message_of<UsageError>([&] { (void)beside(left, short_one); }),
            "sparse rows beside each other: expected equal numbers of rows, found 2 and 0");
}

}  // namespace
}  // namespace attune
