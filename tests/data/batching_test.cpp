// SPDX-License-Identifier: Apache-2.0
#include "attune/data/batching.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "attune/core/error.hpp"

namespace attune::testing {
namespace {

using Batches = std::vector<std::vector<int64_t>>;

struct Drawn {
  std::vector<int64_t> rows;
  std::vector<uint32_t> lengths;
};

/// Rows 1000, 1003, .. with random lengths.
Drawn draw(int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  Drawn drawn;
  for (int64_t i = 0; i < count; ++i) {
    drawn.rows.push_back(1000 + 3 * i);
    drawn.lengths.push_back(random() % 500);
  }
  return drawn;
}

Batches batches_of(const Drawn& drawn, int64_t size, uint64_t seed, int64_t window = 64) {
  return make_batches(drawn.rows, drawn.lengths, size, RandomKey(seed), window);
}

TEST(Batches, HoldEveryRowOnceAndAreFullButForOne) {
  for (const int64_t count : {1, 2, 31, 32, 33, 1000, 5000}) {
    for (const int64_t size : {int64_t{1}, int64_t{7}, int64_t{32}, int64_t{100000}}) {
      for (const int64_t window : {int64_t{1}, int64_t{3}, INT64_MAX}) {
        const auto drawn = draw(count, 1);
        const auto batches = batches_of(drawn, size, 5, window);
        std::vector<int64_t> all;
        int smaller = 0;
        for (const auto& batch : batches) {
          ASSERT_FALSE(batch.empty());
          ASSERT_LE(std::ssize(batch), size);
          smaller += std::ssize(batch) < size ? 1 : 0;
          all.insert(all.end(), batch.begin(), batch.end());
        }
        std::sort(all.begin(), all.end());
        ASSERT_EQ(all, drawn.rows) << count << ' ' << size << ' ' << window;
        ASSERT_LE(smaller, 1);
      }
    }
  }
}

TEST(Batches, OfNoRowsAreNone) { EXPECT_TRUE(batches_of({}, 8, 1).empty()); }

TEST(Batches, AreAFunctionOfTheirArguments) {
  const auto drawn = draw(1000, 2);
  EXPECT_EQ(batches_of(drawn, 16, 1), batches_of(drawn, 16, 1));
  EXPECT_NE(batches_of(drawn, 16, 1), batches_of(drawn, 16, 2));
}

int64_t padding(const Batches& batches, const Drawn& drawn) {
  std::map<int64_t, int64_t> length;
  for (size_t i = 0; i < drawn.rows.size(); ++i) length[drawn.rows[i]] = drawn.lengths[i];
  int64_t sum = 0;
  for (const auto& batch : batches) {
    int64_t longest = 0;
    for (const auto row : batch) longest = std::max(longest, length[row]);
    for (const auto row : batch) sum += longest - length[row];
  }
  return sum;
}

TEST(Batches, HaveRowsOfSimilarLength) {
  const auto drawn = draw(4096, 3);
  const auto unsorted = padding(batches_of(drawn, 16, 1, 1), drawn);
  EXPECT_LT(padding(batches_of(drawn, 16, 1, 64), drawn) * 20, unsorted);
}

TEST(Batches, ComeInAnOrderThatDoesNotFollowLength) {
  const auto drawn = draw(4096, 4);
  const auto batches = batches_of(drawn, 16, 1, 256);  // one window: sorted, were the batches not shuffled
  int rising = 0;
  for (size_t i = 1; i < batches.size(); ++i) {
    const auto length = [&](size_t b) { return drawn.lengths[static_cast<size_t>((batches[b][0] - 1000) / 3)]; };
    rising += length(i) > length(i - 1) ? 1 : 0;
  }
  ASSERT_EQ(batches.size(), 256U);
  EXPECT_NEAR(rising, 128, 40);  // five standard deviations (sqrt(256 / 12) each is 4.6) and more
}

TEST(Batches, RefuseArgumentsWithoutMeaning) {
  const std::vector<int64_t> rows{1, 2};
  const std::vector<uint32_t> lengths{1, 2};
  EXPECT_THROW((void)make_batches(rows, lengths, 0, RandomKey(1)), UsageError);
  EXPECT_THROW((void)make_batches(rows, lengths, 1, RandomKey(1), 0), UsageError);
  EXPECT_THROW((void)make_batches(rows, std::span(lengths).first(1), 1, RandomKey(1)), UsageError);
}

TEST(Shards, AreAsManyAsTheRowsAlone) {
  const std::pair<size_t, size_t> cases[] = {{0, 0},   {1, 1},   {2, 2},     {3, 2},     {256, 2},   {383, 2},
                                             {384, 3}, {512, 4}, {2047, 15}, {2048, 16}, {99999, 16}};
  for (const auto& [rows, shards] : cases) {
    EXPECT_EQ(cut_shards(std::vector<uint32_t>(rows, 5)).size(), shards) << rows;
    EXPECT_EQ(cut_shards(std::vector<uint32_t>(rows, 0)).size(), shards) << rows;
  }
}

void check_shards(const std::vector<uint32_t>& lengths) {
  const auto shards = cut_shards(lengths);
  ASSERT_FALSE(shards.empty());
  const auto total = std::accumulate(lengths.begin(), lengths.end(), uint64_t{0});
  const auto longest = *std::max_element(lengths.begin(), lengths.end());
  int64_t expected_begin = 0;
  for (const auto& [begin, end] : shards) {
    ASSERT_EQ(begin, expected_begin);
    ASSERT_LT(begin, end);
    const auto tokens = std::accumulate(lengths.begin() + begin, lengths.begin() + end, uint64_t{0});
    ASSERT_LE(tokens, total / shards.size() + longest + 1);
    expected_begin = end;
  }
  ASSERT_EQ(expected_begin, std::ssize(lengths));
}

TEST(Shards, CoverTheBatchWithNearlyEqualTokens) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    std::vector<uint32_t> lengths(1 + random() % 1000);
    for (auto& length : lengths) length = random() % 4 == 0 ? random() % 1000 : random() % 3;
    check_shards(lengths);
  }
  check_shards({0, 0, 0, 1000000});
  check_shards({1000000, 0, 0, 0});
  check_shards({1, 1});
  check_shards(std::vector<uint32_t>(500, UINT32_MAX));
}

TEST(Shards, OfEqualRowsAreHalves) {
  EXPECT_EQ(cut_shards(std::vector<uint32_t>(32, 7)), (std::vector<std::pair<int64_t, int64_t>>{{0, 16}, {16, 32}}));
  EXPECT_EQ(cut_shards(std::vector<uint32_t>(32, 0)), (std::vector<std::pair<int64_t, int64_t>>{{0, 16}, {16, 32}}));
}

}  // namespace
}  // namespace attune::testing
