// SPDX-License-Identifier: Apache-2.0
#include "attune/allocate/item_groups.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "attune/core/error.hpp"
#include "sample_groups.hpp"

namespace attune {
namespace {

using testing::drawn_groups;

struct Case {
  AllocationLoss loss;
  std::function<void(ItemGroups&)> spoil;
  std::string message;
};

constexpr auto kNumbers = AllocationLoss::kMeanSquaredError;
constexpr auto kClasses = AllocationLoss::kCrossEntropy;

std::string refusal(const ItemGroups& groups, AllocationLoss loss) {
  try {
    check(groups, loss);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ItemGroups, WhatDoesNotFitIsNamed) {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  const std::vector<Case> cases = {
      {kNumbers, [](auto& g) { g.key_width = 0; },
       "item groups: expected at least one feature and one value column, found 0 and 2"},
      {kNumbers, [](auto& g) { g.offsets = {0}; },
       "item groups, offsets: expected 0 and the end of at least one group; give at least one group"},
      {kNumbers,
       [](auto& g) {
         g.offsets = {0, 2, 2, 5};
       },
       "item groups, group 1: has no item; leave the group out"},
      {kNumbers, [](auto& g) { g.features.pop_back(); },
       "item groups, features: expected [N, K] = 15 numbers, found 14"},
      {kNumbers, [](auto& g) { g.values.push_back(1); }, "item groups, values: expected [N, V] = 10 numbers, found 11"},
      {kNumbers, [](auto& g) { g.targets.pop_back(); }, "item groups, targets: expected [G, V] = 4 numbers, found 3"},
      {kNumbers, [nan](auto& g) { g.features[7] = nan; },
       "item groups, features [2, 1]: expected a finite number, found nan"},
      {kNumbers, [infinity](auto& g) { g.values[3] = -infinity; },
       "item groups, values [1, 1]: expected a finite number, found -inf"},
      {kNumbers, [infinity](auto& g) { g.targets[3] = infinity; },
       "item groups, targets [1, 1]: expected a finite number, found inf"},
      {kNumbers,
       [](auto& g) {
         g.classes = {0, 1};
       },
       "item groups, classes: expected none beside targets = 0 numbers, found 2"},
      {kClasses, [](auto& g) { g.classes = {0}; }, "item groups, classes: expected [G] = 2 numbers, found 1"},
      {kClasses,
       [](auto& g) {
         g.classes = {0, 2};
       },
       "item groups, group 1: expected a class from 0 to 1 (one per value column), found 2"},
      {kClasses,
       [](auto& g) {
         g.classes = {-1, 1};
       },
       "item groups, group 0: expected a class from 0 to 1 (one per value column), found -1"},
      {kClasses, [](auto& g) { g.targets = {1}; },
       "item groups, targets: expected none beside classes = 0 numbers, found 1"},
  };
  for (const auto& [loss, spoil, message] : cases) {
    auto groups = drawn_groups({2, 3}, 3, 2, loss, 1);
    ASSERT_EQ("", refusal(groups, loss));
    spoil(groups);
    EXPECT_EQ(message, refusal(groups, loss));
  }
}

TEST(ItemGroups, GroupIsItsOwnItems) {
  const auto groups = drawn_groups({2, 3}, 3, 2, kNumbers, 1);
  const auto group = groups.group(1);
  EXPECT_EQ(3, group.items());
  EXPECT_EQ(groups.features[6], group.features.front());
  EXPECT_EQ(groups.features.back(), group.features.back());
  EXPECT_EQ(groups.values[4], group.values.front());
  EXPECT_EQ(groups.targets[2], group.target.front());
  EXPECT_EQ(-1, group.target_class);
}

}  // namespace
}  // namespace attune
