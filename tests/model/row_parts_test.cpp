// SPDX-License-Identifier: Apache-2.0
// How rows are cut for scoring, and that the cuts bound memory and change no result.
#include "attune/model/row_parts.hpp"

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <unordered_map>

#include "attune/ops/threads.hpp"
#include "model_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::vector<std::pair<int64_t, int64_t>> parts_of(const std::vector<int64_t>& lengths, int64_t most_pairs) {
  std::vector<int64_t> offsets{0};
  for (const int64_t length : lengths) offsets.push_back(offsets.back() + length);
  return cut_parts(offsets, most_pairs);
}

TEST(RowParts, HoldAsManyRowsAsTheirLongestAllows) {
  EXPECT_THAT(parts_of({}, 100), ElementsAre());
  EXPECT_THAT(parts_of({5, 5, 5, 5}, 100), ElementsAre(Pair(0, 4)));  // 4 * 25
  EXPECT_THAT(parts_of({5, 5, 5, 5}, 99), ElementsAre(Pair(0, 3), Pair(3, 4)));
  EXPECT_THAT(parts_of({1, 1, 1, 9, 1}, 100), ElementsAre(Pair(0, 3), Pair(3, 4), Pair(4, 5)));  // 2 * 81 is too many
  EXPECT_THAT(parts_of({20, 20, 1}, 100), ElementsAre(Pair(0, 1), Pair(1, 2), Pair(2, 3))) << "more by itself";
  EXPECT_THAT(parts_of({10, 1, 1}, 100), ElementsAre(Pair(0, 1), Pair(1, 3))) << "a part begins with its own longest";
  EXPECT_THAT(parts_of({0, 0, 10, 0}, 100), ElementsAre(Pair(0, 2), Pair(2, 3), Pair(3, 4)));
  EXPECT_THAT(parts_of({0, 0, 0}, 0), ElementsAre(Pair(0, 3)));
}

TEST(RowParts, OfShortRowsAreTheWholeChunk) {
  EXPECT_THAT(parts_of(std::vector<int64_t>(kChunkRows, 64), kMostPairs), ElementsAre(Pair(0, kChunkRows)));
  EXPECT_EQ(parts_of(std::vector<int64_t>(kChunkRows, 65), kMostPairs).size(), 2U);
  EXPECT_EQ(parts_of(std::vector<int64_t>(kChunkRows, 512), kMostPairs).size(), 64U);
}

/// Reviews of 0 to 400 words, the longest of each chunk among short ones.
std::shared_ptr<const Table> long_reviews(int64_t rows) {
  auto cells = mixed_rows(rows);
  for (size_t row = 0; row < cells.size(); ++row) {
    const size_t repeats = row % 16 == 5 ? 100 : row % 3 == 0 ? 20 : 1;
    const auto review = cells[row][0];
    for (size_t i = 1; i < repeats; ++i) cells[row][0] += " " + review;
  }
  return make_table(mixed_columns(), cells);
}

ModelConfig additive_config() {
  auto config = small_config();
  config.mechanism = "additive";
  return config;
}

TEST(ModelScore, OfLongRowsIsThatOfEachAloneInTheOrderAsked) {
  const auto table = long_reviews(150);
  const auto model = fresh_model(*table, mixed_schema(), additive_config());
  const auto executor = make_executor(2);
  const auto lengths = model.token_counts(*table, model.map_columns(*table, false), rows_up_to(150), *executor);
  std::vector<int64_t> offsets{0};
  for (size_t row = 0; row < kChunkRows; ++row) offsets.push_back(offsets.back() + lengths[row]);
  ASSERT_GT(cut_parts(offsets, kMostPairs).size(), 3U);

  auto rows = rows_up_to(150);
  std::reverse(rows.begin(), rows.end());
  std::swap(rows[3], rows[140]);
  const auto all = model.score(*table, rows, *executor);
  for (size_t place = 0; place < rows.size(); ++place) {
    const auto one = model.score(*table, std::vector<int64_t>{rows[place]}, *executor);
    for (size_t o = 0; o < all.size(); ++o) {
      for (int64_t c = 0; c < all[o].columns; ++c) {
        ASSERT_NEAR(all[o].row(static_cast<int64_t>(place))[static_cast<size_t>(c)],
                    one[o].values[static_cast<size_t>(c)], 1e-5)
            << "row " << rows[place] << ", output " << o << ", column " << c;
      }
    }
  }
  EXPECT_TRUE(same_scores(model.score(*table, rows, *make_executor(1)), all));
}

/// The most bytes that this thread's tensors hold at a time.
class PeakMemory : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void*, int64_t bytes, size_t, size_t, c10::Device) override {
    held_ += bytes;  // negative when memory is given back
    peak_ = std::max(peak_, held_);
  }
  [[nodiscard]] bool memoryProfilingEnabled() const override { return true; }
  [[nodiscard]] int64_t peak() const { return peak_; }

 private:
  int64_t held_ = 0, peak_ = 0;
};

int64_t peak_of_scoring(const Model& model, const Table& table, int64_t rows) {
  const auto executor = make_executor(1);  // scores in this thread
  const auto memory = std::make_shared<PeakMemory>();
  const c10::DebugInfoGuard guard(c10::DebugInfoKind::PROFILER_STATE, memory);
  (void)model.score(table, rows_up_to(rows), *executor);
  return memory->peak();
}

class LongRows : public ::testing::TestWithParam<Kernels> {};
INSTANTIATE_TEST_SUITE_P(ModelScore, LongRows, ::testing::Values(Kernels::kComposed, Kernels::kFused));

TEST_P(LongRows, NeedNoMoreMemoryWhenTheyAreMany) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "word" + std::to_string(i % 7) + " ";
  std::vector<std::vector<std::string>> cells;
  for (int row = 0; row < 64; ++row) cells.push_back({text, "Delft", "1", "2", row % 2 == 0 ? "bad" : "good", "3"});
  const auto table = make_table(mixed_columns(), cells);
  auto model = fresh_model(*table, mixed_schema({"grade"}), additive_config());
  model.set_kernels(GetParam());
  const auto one = peak_of_scoring(model, *table, 1);
  const int64_t hidden_of_a_row = 303 * 303 * 8 * int64_t{sizeof(float)};  // all heads' vectors of every pair
  const auto many = peak_of_scoring(model, *table, 64);
  if (GetParam() == Kernels::kComposed) {
    ASSERT_GT(one, hidden_of_a_row);
    EXPECT_LT(many, 4 * one) << "two rows at a time, and the tokens of all";
  } else {
    EXPECT_LT(one, hidden_of_a_row / 4) << "no vector of a pair is kept";
    EXPECT_LT(many, 4 * hidden_of_a_row) << "the tokens of all";
  }
}

}  // namespace
}  // namespace attune::testing
