// SPDX-License-Identifier: Apache-2.0
#include "attune/allocate/allocation_step.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "attune/core/error.hpp"
#include "sample_groups.hpp"

namespace attune {
namespace {

using testing::drawn_groups;
using ::testing::Each;

AllocationPass pass_of(const ItemGroup& group, const AllocationParameters& parameters, AllocationLoss loss,
                       AllocationGradient& gradient) {
  AllocationPass pass;
  add_group_gradient(group, parameters, loss, pass, gradient);
  return pass;
}

TEST(AllocationStep, WeightsOfEachColumnAddUpToOne) {
  for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
    const auto groups = drawn_groups({9}, 3, 4, AllocationLoss::kMeanSquaredError, 2);
    const auto parameters = draw_parameters(score, 3, 4, 0, 2, 1);
    AllocationPass pass;
    weigh_items(groups.group(0), parameters, pass);
    const auto columns = static_cast<size_t>(parameters.score_columns());
    ASSERT_EQ(9 * columns, pass.weights.size());
    for (size_t c = 0; c < columns; ++c) {
      double sum = 0;
      for (size_t i = 0; i < 9; ++i) sum += pass.weights[i * columns + c];
      EXPECT_NEAR(1, sum, 1e-15);
    }
  }
}

TEST(AllocationStep, SingleItemWeighsOneAndTeachesNothing) {
  for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
    for (const auto loss : {AllocationLoss::kMeanSquaredError, AllocationLoss::kCrossEntropy}) {
      const auto groups = drawn_groups({1}, 3, 2, loss, 2);
      AllocationGradient gradient;
      const auto pass = pass_of(groups.group(0), draw_parameters(score, 3, 2, 0, 1, 1), loss, gradient);
      EXPECT_THAT(pass.weights, Each(1.0));
      EXPECT_EQ(groups.values, pass.context);
      EXPECT_THAT(gradient.weights, Each(0.0));
      EXPECT_EQ(0, gradient.bias);
      EXPECT_GT(pass.loss, 0);
    }
  }
}

/// It adds the same to the scores of all items of a group.
TEST(AllocationStep, ConstantFeatureHasNoSayInScaledDot) {
  auto groups = drawn_groups({6}, 2, 2, AllocationLoss::kMeanSquaredError, 2);
  for (size_t i = 1; i < groups.features.size(); i += 2) groups.features[i] = 3;
  auto parameters = draw_parameters(ItemScore::kScaledDot, 2, 2, 0, 1, 1);
  AllocationGradient gradient;
  const auto before = pass_of(groups.group(0), parameters, AllocationLoss::kMeanSquaredError, gradient);
  EXPECT_NEAR(0, gradient.weights[2], 1e-15);
  EXPECT_NEAR(0, gradient.weights[3], 1e-15);
  EXPECT_GT(std::abs(gradient.weights[0]), 1e-5);
  parameters.weights[2] += 5;
  AllocationGradient other;
  const auto after = pass_of(groups.group(0), parameters, AllocationLoss::kMeanSquaredError, other);
  EXPECT_THAT(after.weights, ::testing::Pointwise(::testing::DoubleNear(1e-14), before.weights));
}

TEST(AllocationStep, HugeScoresStayFinite) {
  for (const double size : {1e3, 1e8, 1e150}) {
    auto groups = drawn_groups({5}, 2, 1, AllocationLoss::kMeanSquaredError, 2);
    for (double& feature : groups.features) feature *= size;
    for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
      AllocationGradient gradient;
      const auto pass =
          pass_of(groups.group(0), draw_parameters(score, 2, 1, 0, 1, 1), AllocationLoss::kMeanSquaredError, gradient);
      EXPECT_TRUE(std::isfinite(pass.loss)) << size;
      for (const double number : gradient.weights) EXPECT_TRUE(std::isfinite(number)) << size;
    }
  }
}

TEST(AllocationStep, ScoreThatIsNotFiniteMakesAllWeightsOfItsColumnNotANumber) {
  for (const double overflowing : {1e200, -1e200}) {
    ItemGroups groups{
        .key_width = 1, .value_width = 1, .features = {1, 1e200, 2}, .values = {1, 2, 3}, .offsets = {0, 3}};
    auto parameters = uniform_parameters(1, 1);
    parameters.weights = {overflowing};
    AllocationPass pass;
    weigh_items(groups.group(0), parameters, pass);
    ASSERT_TRUE(std::isinf(pass.scores[1]));
    EXPECT_THAT(pass.weights, Each(::testing::IsNan())) << overflowing;
  }
}

/// Contexts of a thousand as class scores: the loss is their difference and no infinity.
TEST(AllocationStep, CrossEntropyOfHugeScoresIsFinite) {
  ItemGroups groups{
      .key_width = 1, .value_width = 2, .features = {0, 0}, .values = {1000, 0, 1000, 0}, .offsets = {0, 2}};
  groups.classes = {1};
  AllocationPass pass;
  measure_group(groups.group(0), uniform_parameters(1, 2), AllocationLoss::kCrossEntropy, pass);
  EXPECT_DOUBLE_EQ(1000, pass.loss);
}

/// A pass that is used again holds nothing of the group before.
TEST(AllocationStep, PassIsReused) {
  const auto numbers = drawn_groups({7, 2}, 3, 2, AllocationLoss::kMeanSquaredError, 2);
  for (const auto score : {ItemScore::kAdditive, ItemScore::kScaledDot}) {
    const auto parameters = draw_parameters(score, 3, 2, 0, 1, 1);
    AllocationPass used;
    AllocationGradient first, second, alone;
    add_group_gradient(numbers.group(0), parameters, AllocationLoss::kMeanSquaredError, used, first);
    add_group_gradient(numbers.group(1), parameters, AllocationLoss::kMeanSquaredError, used, second);
    const auto fresh = pass_of(numbers.group(1), parameters, AllocationLoss::kMeanSquaredError, alone);
    EXPECT_EQ(fresh.weights, used.weights);
    EXPECT_EQ(fresh.d_scores, used.d_scores);
    EXPECT_EQ(fresh.loss, used.loss);
    EXPECT_EQ(alone.weights, second.weights);
  }
}

TEST(AllocationStep, ParametersThatDoNotFitAreRefused) {
  const auto groups = drawn_groups({2}, 3, 2, AllocationLoss::kMeanSquaredError, 2);
  AllocationPass pass;
  try {
    weigh_items(groups.group(0), uniform_parameters(2, 2), pass);
    FAIL() << "was taken";
  } catch (const ShapeError& error) {
    EXPECT_STREQ("allocation: parameters of 2 features and 2 value columns met a group of 3 and 2", error.what());
  }
}

}  // namespace
}  // namespace attune
