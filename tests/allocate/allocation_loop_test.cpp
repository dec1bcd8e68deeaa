// SPDX-License-Identifier: Apache-2.0
#include "attune/allocate/allocation_loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "attune/core/error.hpp"
#include "sample_groups.hpp"

namespace attune {
namespace {

using testing::drawn_groups;
using testing::sensor_readings;

constexpr auto kNumbers = AllocationLoss::kMeanSquaredError;

std::string refusal(const ItemGroups& groups, const AllocationLoopConfig& config) {
  try {
    static_cast<void>(AllocationLoop(groups, config, 1).run());
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(AllocationLoop, SameSeedSameBits) {
  const auto groups = sensor_readings({0.5, 1}, 200, 3);
  const auto learn = [&](uint64_t seed) {
    AllocationLoop loop(groups, {.epochs = 3}, seed);
    static_cast<void>(loop.run());
    return loop.parameters().weights;
  };
  EXPECT_EQ(learn(1), learn(1));
  EXPECT_NE(learn(1), learn(2));
}

/// On one batch of all groups the order cannot matter, and the step is the mean of the groups' gradients.
TEST(AllocationLoop, StepIsTheMeanOfItsGroups) {
  for (const auto kind : {kNumbers, AllocationLoss::kCrossEntropy}) {
    const auto groups = drawn_groups({3, 1, 5}, 2, 2, kind, 1);
    const auto start = draw_parameters(ItemScore::kAdditive, 2, 2, 0, 1, 1);
    AllocationPass pass;
    AllocationGradient sum;
    double loss = 0;
    for (int64_t g = 0; g < 3; ++g) {
      add_group_gradient(groups.group(g), start, kind, pass, sum);
      loss += pass.loss / 3;
    }
    AllocationLoopConfig config{.learning_rate = 0.3};
    if (kind == AllocationLoss::kCrossEntropy) config.loss = "cross_entropy";
    AllocationLoop loop(groups, config, 1, start);
    EXPECT_NEAR(loss, loop.step(std::vector<int64_t>{0, 1, 2}), 1e-14);
    for (size_t i = 0; i < start.weights.size(); ++i)
      EXPECT_NEAR(start.weights[i] - 0.3 * sum.weights[i] / 3, loop.parameters().weights[i], 1e-14);
    EXPECT_NEAR(start.bias - 0.3 * sum.bias / 3, loop.parameters().bias, 1e-14);
  }
}

TEST(AllocationLoop, HistoryBeginsBeforeTheFirstStep) {
  const auto groups = sensor_readings({0.5, 1}, 50, 3);
  AllocationLoop loop(groups, {.epochs = 4, .batch_size = 0, .patience = 0}, 1);
  const double before = testing::loss_of_all(groups, loop.parameters());
  const auto result = loop.run();
  ASSERT_EQ(5U, result.history.size());
  EXPECT_DOUBLE_EQ(before, result.history.front().training_loss);
  EXPECT_DOUBLE_EQ(testing::loss_of_all(groups, loop.parameters()), result.history.back().training_loss);
  for (size_t e = 1; e < 5; ++e) EXPECT_LT(result.history[e].training_loss, result.history[e - 1].training_loss);
  EXPECT_EQ(4, result.best_epoch);
  EXPECT_EQ(LoopEnd::kFinished, result.end);
}

TEST(AllocationLoop, NoEpochOnlyMeasures) {
  const auto groups = sensor_readings({0.5, 1}, 50, 3);
  const auto start = draw_parameters(ItemScore::kScaledDot, 2, 1, 0, 1, 1);
  AllocationLoop loop(groups, {.epochs = 0}, 1, start);
  const auto result = loop.run();
  EXPECT_EQ(1U, result.history.size());
  EXPECT_EQ(start.weights, loop.parameters().weights);
}

/// It begins with the right weights, 4 to 1, and so large a rate only leads away from them.
TEST(AllocationLoop, StopsEarlyAndKeepsTheBest) {
  const auto groups = sensor_readings({0.5, 1}, 1000, 3);
  auto start = uniform_parameters(2, 1);
  start.weights[0] = std::sqrt(2) * std::log(4);
  AllocationLoop loop(groups, {.learning_rate = 60, .epochs = 500, .batch_size = 1, .patience = 4}, 1, start);
  const auto result = loop.run();
  EXPECT_EQ(LoopEnd::kEarly, result.end);
  EXPECT_EQ(5U, result.history.size());
  EXPECT_EQ(0, result.best_epoch);
  EXPECT_EQ(start.weights, loop.parameters().weights);
}

TEST(AllocationLoop, ValidatesOnGroupsOfItsOwn) {
  const auto groups = sensor_readings({0.5, 1}, 103, 3);
  AllocationLoop loop(groups, {.epochs = 5, .validation_fraction = 0.2}, 1);
  const auto result = loop.run();
  EXPECT_EQ(20U, result.validation.size());
  auto all = result.training;
  all.insert(all.end(), result.validation.begin(), result.validation.end());
  std::sort(all.begin(), all.end());
  std::vector<int64_t> expected(103);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(expected, all);
  const auto& best = result.history[static_cast<size_t>(result.best_epoch)];
  ASSERT_TRUE(best.validation_loss);
  EXPECT_DOUBLE_EQ(measure_groups(groups, result.validation, loop.parameters(), kNumbers).loss, *best.validation_loss);
}

TEST(AllocationLoop, GroupsOfOneItemTeachNothing) {
  const auto groups = drawn_groups({1, 1, 1}, 2, 1, kNumbers, 1);
  AllocationLoop loop(groups, {.epochs = 3}, 1);
  const auto before = loop.parameters().weights;
  static_cast<void>(loop.run());
  EXPECT_EQ(before, loop.parameters().weights);
}

TEST(MeasureGroups, AccuracyIsTheShareOfRightClasses) {
  auto groups = drawn_groups({1, 1, 1, 1}, 1, 2, AllocationLoss::kCrossEntropy, 1);
  groups.values = {2, 1, 0, 5, 3, 3, -1, -2};
  groups.classes = {0, 0, 0, 1};  // the third is a tie, which the first class wins
  const auto figures = [&](std::vector<int64_t> numbers) {
    return measure_groups(groups, numbers, uniform_parameters(1, 2), AllocationLoss::kCrossEntropy);
  };
  EXPECT_DOUBLE_EQ(0.5, figures({0, 1, 2, 3}).accuracy.value());
  EXPECT_DOUBLE_EQ(1, figures({0, 2}).accuracy.value());
  EXPECT_NEAR(std::log(2), figures({2}).loss, 1e-15);
  EXPECT_FALSE(
      measure_groups(sensor_readings({1}, 1, 1), std::vector<int64_t>{0}, uniform_parameters(1, 1), kNumbers).accuracy);
}

TEST(AllocationLoop, StopsWhenAsked) {
  const auto groups = sensor_readings({0.5, 1}, 100, 3);
  int64_t steps = 0;
  AllocationLoop loop(groups, {.batch_size = 10, .patience = 0}, 1);
  const auto result = loop.run(
      {.on_step = [&](const LoopProgress&) { ++steps; }, .on_epoch = {}, .should_stop = [&] { return steps == 25; }});
  EXPECT_EQ(LoopEnd::kInterrupted, result.end);
  EXPECT_EQ(25, steps);
  EXPECT_EQ(3U, result.history.size());  // before the first, and two whole epochs
  EXPECT_DOUBLE_EQ(result.history[static_cast<size_t>(result.best_epoch)].training_loss,
                   testing::loss_of_all(groups, loop.parameters()));
}

TEST(AllocationLoop, ProgressCountsGroups) {
  const auto groups = sensor_readings({0.5, 1}, 25, 3);
  std::vector<std::pair<int64_t, int64_t>> seen;
  AllocationLoop loop(groups, {.epochs = 2, .batch_size = 10}, 1);
  static_cast<void>(loop.run({.on_step = [&](const LoopProgress& p) { seen.emplace_back(p.epoch, p.groups); },
                              .on_epoch = {},
                              .should_stop = {}}));
  using Pair = std::pair<int64_t, int64_t>;
  EXPECT_THAT(seen,
              ::testing::ElementsAre(Pair{1, 10}, Pair{1, 20}, Pair{1, 25}, Pair{2, 10}, Pair{2, 20}, Pair{2, 25}));
}

TEST(AllocationLoop, LossesThatAreNotFiniteEndItWithAdvice) {
  auto groups = sensor_readings({0.5, 1}, 20, 3);
  for (double& feature : groups.features) feature *= 1e4;
  EXPECT_THROW(static_cast<void>(
                   AllocationLoop(groups, {.learning_rate = 1e308, .batch_size = 1, .initial_deviation = 0}, 1).run()),
               NumericError);
  EXPECT_THAT(refusal(groups, {.learning_rate = 1e308, .batch_size = 1, .initial_deviation = 0}),
              ::testing::MatchesRegex("the loss is no longer finite after epoch [0-9]+ with learning rate 1e\\+308; "
                                      "try a smaller one, or features of mean 0 and deviation 1"));
  for (double& value : groups.values) value *= 1e200;
  EXPECT_EQ(
      "the loss is not finite before the first step: values and targets are too large to be squared, or features to be "
      "multiplied with the parameters; divide them",
      refusal(groups, {}));
}

/// A score of -inf would weigh an item 0 as if that had been learnt.
TEST(AllocationLoop, ScoresThatOverflowEndItToo) {
  ItemGroups groups{.key_width = 1, .value_width = 1, .features = {1e200, 1}, .values = {1, 2}, .offsets = {0, 2}};
  groups.targets = {1};
  for (const double weight : {1e200, -1e200}) {
    auto start = uniform_parameters(1, 1);
    start.weights = {weight};
    EXPECT_THROW(static_cast<void>(AllocationLoop(groups, {.epochs = 0}, 1, start).run()), NumericError) << weight;
  }
}

TEST(AllocationLoop, WhatHasNoMeaningIsRefused) {
  const auto groups = sensor_readings({0.5, 1}, 1, 3);
  EXPECT_EQ(
      "--validation-fraction 0.5: expected a group to train on beside those to validate on, found 1 group in all; give "
      "more groups, or no fraction",
      refusal(groups, {.validation_fraction = 0.5}));
  EXPECT_THROW(AllocationLoop(groups, {.validation_fraction = 0.5}, 1), UsageError) << "before it is run";
  EXPECT_EQ("loss: unknown name \"mse\" (known: mean_squared_error, cross_entropy)", refusal(groups, {.loss = "mse"}));
  EXPECT_THAT(refusal(groups, {.learning_rate = -1}), ::testing::HasSubstr("learning_rate"));
  EXPECT_THROW(AllocationLoop(groups, {}, 1, uniform_parameters(3, 1)), ShapeError);
}

}  // namespace
}  // namespace attune
