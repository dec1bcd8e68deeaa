// SPDX-License-Identifier: Apache-2.0

// The numbers of docs/allocation.md, worked there by hand, to all digits that stand there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "attune/allocate/allocation_loop.hpp"
#include "sample_groups.hpp"

namespace attune {
namespace {

using testing::classroom;
using testing::classroom_parameters;
using Numbers = std::vector<double>;

constexpr double kLastDigit = 6e-7;

struct Expected {
  std::string name;
  std::vector<int64_t> shape;
  Numbers numbers;
};

void expect_trace(ItemScore score, const std::vector<Expected>& expected) {
  const auto groups = classroom();
  std::map<std::string, TracedArray> traced;
  for (const auto& array :
       trace_step(groups.group(0), classroom_parameters(score), AllocationLoss::kMeanSquaredError, 0.1))
    traced[array.name] = array;
  for (const auto& [name, shape, numbers] : expected) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(traced.contains(name));
    EXPECT_EQ(shape, traced[name].shape);
    EXPECT_THAT(traced[name].numbers, ::testing::Pointwise(::testing::DoubleNear(kLastDigit), numbers));
  }
}

/// Every number twice: the columns of W are equal at first.
Numbers in_both_columns(const Numbers& column) {
  Numbers both;
  for (const double number : column) both.insert(both.end(), {number, number});
  return both;
}

double loss_with(const AllocationParameters& parameters) { return testing::loss_of_all(classroom(), parameters); }

TEST(Classroom, ScaledDotAsWorkedByHand) {
  expect_trace(
      ItemScore::kScaledDot,
      {{"s", {5, 2}, in_both_columns({0.353553, 0.353553, 0.707107, 0, 0})},
       {"w", {5, 2}, in_both_columns({0.207104, 0.207104, 0.294941, 0.145426, 0.145426})},
       {"context", {2}, {0.647470, 0.356618}},
       {"loss", {}, {0.125727}},
       {"d_context", {2}, {-0.352530, 0.356618}},
       {"d_w", {5, 2}, {-0.352530, 0, 0, 0.356618, -0.352530, 0.356618, 0, 0, -0.352530, -0.356618}},
       {"d_s",
        {5, 2},
        {-0.025738, -0.026339, 0.047272, 0.047518, -0.036654, 0.067672, 0.033194, -0.018495, -0.018073, -0.070356}},
       {"d_W", {2, 2}, {-0.056898, -0.020523, 0.020287, 0.131201}},
       {"new W", {2, 2}, {0.505690, 0.502052, 0.497971, 0.486880}}});
}

TEST(Classroom, AdditiveAsWorkedByHand) {
  expect_trace(ItemScore::kAdditive, {{"a", {5}, {1, 1, 1.5, 0.5, 0.5}},
                                      {"s", {5}, {0.761594, 0.761594, 0.905148, 0.462117, 0.462117}},
                                      {"w", {5}, {0.215667, 0.215667, 0.248959, 0.159854, 0.159854}},
                                      {"context", {2}, {0.624480, 0.304773}},
                                      {"loss", {}, {0.116951}},
                                      {"d_context", {2}, {-0.375520, 0.304773}},
                                      {"d_w", {5}, {-0.375520, 0.304773, -0.070748, 0, -0.680293}},
                                      {"d_s", {5}, {-0.050445, 0.096272, 0.017644, 0.022638, -0.086109}},
                                      {"d_a", {5}, {-0.021186, 0.040432, 0.003188, 0.017804, -0.067720}},
                                      {"d_W_a", {2}, {-0.085717, 0.111340}},
                                      {"d_b_a", {}, {-0.027482}},
                                      {"new W_a", {2}, {0.508572, 0.488866}},
                                      {"new b_a", {}, {0.502748}}});
}

TEST(Classroom, OneStepLowersTheLossAsMuchAsTheDocumentSays) {
  const std::map<ItemScore, std::pair<double, double>> losses = {{ItemScore::kScaledDot, {0.125727, 0.123607}},
                                                                 {ItemScore::kAdditive, {0.116951, 0.114923}}};
  for (const auto& [score, before_and_after] : losses) {
    const auto groups = classroom();
    AllocationLoop loop(groups, {}, 1, classroom_parameters(score));
    EXPECT_NEAR(before_and_after.first, loop.step(std::vector<int64_t>{0}), kLastDigit);
    EXPECT_NEAR(before_and_after.second, loss_with(loop.parameters()), kLastDigit);
  }
}

/// What the common mistakes give, so that the document's wrong numbers are right.
TEST(Classroom, MistakesGiveOtherNumbers) {
  const auto groups = classroom();
  const auto group = groups.group(0);
  AllocationPass dot, additive;
  AllocationGradient ignored;
  add_group_gradient(group, classroom_parameters(ItemScore::kScaledDot), AllocationLoss::kMeanSquaredError, dot,
                     ignored);
  AllocationGradient also_ignored;
  add_group_gradient(group, classroom_parameters(ItemScore::kAdditive), AllocationLoss::kMeanSquaredError, additive,
                     also_ignored);
  Numbers half_each(2), without_softmax(4), turned_tanh(2);
  double turned_bias = 0;
  for (size_t i = 0; i < 5; ++i) {
    const double turned = additive.d_scores[i] / (1 - additive.scores[i] * additive.scores[i]);
    turned_bias += turned;
    for (size_t k = 0; k < 2; ++k) {
      const double x = group.features[2 * i + k];
      half_each[k] += 0.5 * x;
      turned_tanh[k] += x * turned;
      for (size_t c = 0; c < 2; ++c) without_softmax[2 * k + c] += x * dot.d_weights[2 * i + c] / std::sqrt(2);
    }
  }
  EXPECT_THAT(half_each, ::testing::ElementsAre(1.5, 0.5));
  EXPECT_THAT(without_softmax,
              ::testing::Pointwise(::testing::DoubleNear(kLastDigit), std::vector<double>{-0.747829, 0, 0, 0.756502}));
  EXPECT_THAT(turned_tanh,
              ::testing::Pointwise(::testing::DoubleNear(kLastDigit), std::vector<double>{-0.131967, 0.436362}));
  EXPECT_NEAR(0.126051, turned_bias, kLastDigit);
}

}  // namespace
}  // namespace attune
