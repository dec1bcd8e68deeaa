// SPDX-License-Identifier: Apache-2.0

// Sensors of unknown quality read one quantity. The right weights are known: 1 / deviation^2, made to add up to 1.
#include <gtest/gtest.h>

#include <cmath>

#include "attune/allocate/allocation_loop.hpp"
#include "sample_groups.hpp"

namespace attune {
namespace {

using testing::sensor_readings;
using Numbers = std::vector<double>;

constexpr int64_t kGroups = 4000;

Numbers right_weights(const Numbers& deviations) {
  Numbers weights;
  double sum = 0;
  for (const double deviation : deviations) sum += weights.emplace_back(1 / (deviation * deviation));
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// What each sensor gets in a group in which all read.
Numbers weights_of(const ItemGroups& groups, const AllocationParameters& parameters) {
  AllocationPass pass;
  weigh_items(groups.group(0), parameters, pass);
  return pass.weights;
}

double greatest_difference(const Numbers& a, const Numbers& b) {
  double greatest = 0;
  for (size_t i = 0; i < a.size(); ++i) greatest = std::max(greatest, std::abs(a[i] - b[i]));
  return greatest;
}

Numbers learnt(const ItemGroups& groups, const char* score) {
  AllocationLoop loop(groups, {.score = score, .learning_rate = 0.5, .epochs = 200, .batch_size = 64}, 1);
  static_cast<void>(loop.run());
  return weights_of(groups, loop.parameters());
}

TEST(Sensors, LearntWeightsAreTheRightOnes) {
  const std::vector<Numbers> cases = {{1, 1}, {0.5, 1}, {0.5, 1, 2}, {1, 0.6, 0.8, 1, 0.6}, {0.3, 1, 1, 1, 1, 1, 1}};
  for (const auto& deviations : cases) {
    SCOPED_TRACE(::testing::PrintToString(deviations));
    const auto groups = sensor_readings(deviations, kGroups, 1);
    const auto weights = learnt(groups, "scaled_dot");
    EXPECT_LT(greatest_difference(weights, right_weights(deviations)), 0.02) << ::testing::PrintToString(weights);
  }
}

TEST(Sensors, AdditiveLearnsThemUpToItsRange) {
  const Numbers near = {1, 0.6, 0.8}, far = {0.2, 1};
  const auto near_readings = sensor_readings(near, kGroups, 1);
  EXPECT_LT(greatest_difference(learnt(near_readings, "additive"), right_weights(near)), 0.02);
  // tanh lies between -1 and 1, so that no item weighs more than e^2 = 7.39 times another one; right would be 25.
  const auto weights = learnt(sensor_readings(far, kGroups, 1), "additive");
  EXPECT_LT(weights[0] / weights[1], std::exp(2.0));
  EXPECT_GT(weights[0] / weights[1], 5);
}

/// Where the sensors change places, so do the weights: they are learnt from the readings alone.
TEST(Sensors, WeightsFollowTheSensors) {
  const auto first = learnt(sensor_readings({0.5, 1, 2}, kGroups, 1), "scaled_dot");
  const auto turned = learnt(sensor_readings({2, 1, 0.5}, kGroups, 1), "scaled_dot");
  EXPECT_GT(first[0], first[1]);
  EXPECT_GT(first[1], first[2]);
  EXPECT_LT(greatest_difference({first[2], first[1], first[0]}, turned), 0.03);
}

TEST(Sensors, ContextIsBetterThanTheMeanAndThanTheBestSensor) {
  const auto groups = sensor_readings({0.5, 1, 2}, kGroups, 1), unseen = sensor_readings({0.5, 1, 2}, kGroups, 2);
  AllocationLoop loop(groups, {.learning_rate = 0.5, .batch_size = 64}, 1);
  static_cast<void>(loop.run());
  const auto error = [&](const AllocationParameters& parameters) { return testing::loss_of_all(unseen, parameters); };
  const double best_possible = 1 / (1 / 0.25 + 1 + 1 / 4.0), best_sensor = 0.25;
  EXPECT_LT(error(loop.parameters()), 1.05 * best_possible);
  EXPECT_LT(error(loop.parameters()), 0.9 * best_sensor);
  EXPECT_GT(error(uniform_parameters(3, 1)), 2 * best_possible);
}

}  // namespace
}  // namespace attune
