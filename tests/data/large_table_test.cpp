// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "attune/data/batching.hpp"
#include "attune/data/split.hpp"
#include "support/temporary_folder.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

constexpr int64_t kRows = 1'000'000;

std::string text_of(int64_t row) { return "row " + std::to_string(row) + (row % 3 == 0 ? ", \"三\"" : " plain"); }

std::string csv_line(int64_t row) {
  auto text = text_of(row);
  if (row % 3 == 0) text = "\"row " + std::to_string(row) + ", \"\"三\"\"\"";
  return std::to_string(row) + "," + text + "," + std::to_string(row % 7) + "\n";
}

TEST(LargeTable, OfAMillionRowsReadsAndSplitsAsASmallOne) {
  std::string content = "id,text,label\n";
  for (int64_t row = 0; row < kRows; ++row) content += csv_line(row);
  const TemporaryFolder folder;
  const auto table = open_table(folder.write("t.csv", content));
  ASSERT_EQ(table->rows(), kRows);
  Row row;
  for (int64_t i = 0; i < kRows; ++i) {
    table->read(i, row);
    ASSERT_EQ(row[0], std::to_string(i));
    ASSERT_EQ(row[1], text_of(i));
    ASSERT_EQ(row[2], std::to_string(i % 7));
  }
  const auto split = split_rows(*table, 2, {.fraction = 0.1});
  EXPECT_EQ(std::ssize(split.validation), kRows / 10);
  EXPECT_EQ(std::ssize(split.training), kRows - kRows / 10);
  ASSERT_EQ(split.notes.size(), 1U);
  EXPECT_THAT(split.notes[0], ::testing::HasSubstr("column \"id\" rises"));
}

TEST(LargeBatches, OfAMillionRowsHoldEachOnce) {
  std::vector<int64_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0);
  std::vector<uint32_t> lengths(kRows);
  for (size_t i = 0; i < lengths.size(); ++i) lengths[i] = static_cast<uint32_t>(i * 7919 % 400);
  std::vector<int64_t> all;
  for (const auto& batch : make_batches(rows, lengths, 32, RandomKey(1)))
    all.insert(all.end(), batch.begin(), batch.end());
  std::sort(all.begin(), all.end());
  EXPECT_TRUE(all == rows);
}

}  // namespace
}  // namespace attune::testing
