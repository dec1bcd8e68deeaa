// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "attune/allocate/allocation_step.hpp"
#include "sample_groups.hpp"

namespace attune {
namespace {

using testing::drawn_groups;
using ::testing::ElementsAre;

std::vector<TracedArray> traced(ItemScore score, AllocationLoss loss) {
  const auto groups = drawn_groups({4}, 3, 2, loss, 2);
  return trace_step(groups.group(0), draw_parameters(score, 3, 2, 0, 1, 1), loss, 0.1);
}

std::vector<std::string> names(const std::vector<TracedArray>& arrays) {
  std::vector<std::string> result;
  for (const auto& array : arrays) result.push_back(array.name);
  return result;
}

TEST(AllocationTrace, NamesEveryIntermediateInOrder) {
  EXPECT_THAT(names(traced(ItemScore::kScaledDot, AllocationLoss::kMeanSquaredError)),
              ElementsAre("x", "v", "y", "W", "s", "w", "context", "loss", "d_context", "d_w", "d_s", "d_W", "new W"));
  EXPECT_THAT(
      names(traced(ItemScore::kScaledDot, AllocationLoss::kCrossEntropy)),
      ElementsAre("x", "v", "y", "W", "s", "w", "context", "p", "loss", "d_context", "d_w", "d_s", "d_W", "new W"));
  EXPECT_THAT(names(traced(ItemScore::kAdditive, AllocationLoss::kMeanSquaredError)),
              ElementsAre("x", "v", "y", "W_a", "b_a", "a", "s", "w", "context", "loss", "d_context", "d_w", "d_s",
                          "d_a", "d_W_a", "d_b_a", "new W_a", "new b_a"));
}

TEST(AllocationTrace, ShapesHoldTheNumbers) {
  for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
    for (const auto loss : {AllocationLoss::kMeanSquaredError, AllocationLoss::kCrossEntropy}) {
      for (const auto& array : traced(score, loss)) {
        const auto size = std::accumulate(array.shape.begin(), array.shape.end(), int64_t{1}, std::multiplies<>());
        EXPECT_EQ(size, static_cast<int64_t>(array.numbers.size())) << array.name;
        EXPECT_FALSE(array.formula.empty()) << array.name;
      }
    }
  }
}

TEST(AllocationTrace, SaysWhichArraysHaveARowPerItem) {
  for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
    std::vector<std::string> of_items;
    for (const auto& array : traced(score, AllocationLoss::kMeanSquaredError)) {
      if (!array.of_items) continue;
      of_items.push_back(array.name);
      EXPECT_EQ(4, array.shape.front()) << array.name;
    }
    if (score == ItemScore::kScaledDot) {
      EXPECT_THAT(of_items, ElementsAre("x", "v", "s", "w", "d_w", "d_s"));
    } else {
      EXPECT_THAT(of_items, ElementsAre("x", "v", "a", "s", "w", "d_w", "d_s", "d_a"));
    }
  }
}

}  // namespace
}  // namespace attune
