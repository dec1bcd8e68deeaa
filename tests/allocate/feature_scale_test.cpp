// SPDX-License-Identifier: Apache-2.0
#include "attune/allocate/feature_scale.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "attune/allocate/allocation_step.hpp"
#include "sample_groups.hpp"

namespace attune {
namespace {

using ::testing::DoubleNear;
using testing::drawn_groups;
using ::testing::Pointwise;

/// Features far from 0 and of very different sizes; the last one is constant.
ItemGroups wild_groups() {
  auto groups = drawn_groups({6, 3, 1}, 3, 2, AllocationLoss::kMeanSquaredError, 4);
  for (size_t i = 0; i < groups.features.size(); i += 3) {
    groups.features[i] = 1000 + 300 * groups.features[i];
    groups.features[i + 1] = -0.01 + 0.001 * groups.features[i + 1];
    groups.features[i + 2] = 0.1;  // no sum of binary fractions
  }
  return groups;
}

TEST(FeatureScale, StandardFeaturesHaveMeanZeroAndDeviationOne) {
  auto groups = wild_groups();
  standardise(groups, measure_features(groups));
  const auto scale = measure_features(groups);
  EXPECT_THAT(scale.means, Pointwise(DoubleNear(1e-12), std::vector<double>{0, 0, 0}));
  EXPECT_THAT(scale.deviations, Pointwise(DoubleNear(1e-12), std::vector<double>{1, 1, 0}));
}

TEST(FeatureScale, ConstantFeatureHasNoDeviation) {
  EXPECT_EQ(0, measure_features(wild_groups()).deviations[2]);
  EXPECT_EQ(0.1, measure_features(wild_groups()).means[2]);
}

TEST(FeatureScale, ParametersForPlainFeaturesGiveTheSameWeights) {
  for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
    const auto plain = wild_groups();
    const auto scale = measure_features(plain);
    auto standard = plain;
    standardise(standard, scale);
    const auto learnt = draw_parameters(score, 3, 2, 0.2, 1, 1);
    const auto turned = for_plain_features(learnt, scale);
    AllocationPass expected, found;
    for (int64_t g = 0; g < plain.groups(); ++g) {
      weigh_items(standard.group(g), learnt, expected);
      weigh_items(plain.group(g), turned, found);
      EXPECT_THAT(found.weights, Pointwise(DoubleNear(1e-12), expected.weights));
    }
    const auto back = for_standard_features(turned, scale);
    EXPECT_THAT(back.weights, Pointwise(DoubleNear(1e-12), learnt.weights));
    EXPECT_NEAR(learnt.bias, back.bias, 1e-12);
  }
}

}  // namespace
}  // namespace attune
