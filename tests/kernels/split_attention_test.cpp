// SPDX-License-Identifier: Apache-2.0
// Numbers worked by hand, and what must not change the result.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "split_problem.hpp"

namespace attune::testing {
namespace {

using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::Pointwise;

auto near(const std::vector<double>& expected) { return Pointwise(DoubleNear(1e-13), expected); }

std::vector<double> numbers(std::initializer_list<double> list) { return list; }

/// One row of two tokens, two branches, two channels; the gate's one hidden unit reads channel 0 of the pooled sum.
/// Tokens' sums over branches are (3, .) and (1, .): pooled channel 0 is 2, and the hidden unit 2 + bias.
void fill_by_hand(SplitProblem& problem, double hidden_bias) {
  problem.values.fill(numbers({1, 10, 2, 40, /* token 1 */ -1, 20, 2, 80}));
  problem.hidden_weight.fill(numbers({1, 0}));
  problem.hidden_bias.fill(numbers({hidden_bias}));
}

TEST(SplitAttention, WeightsByHandForWholeBranches) {
  SplitProblem problem({.R = 2, .W = 2, .G = 1, .hidden = 1, .lengths = {2}});
  fill_by_hand(problem, 0);
  problem.logit_weight.fill(numbers({0, std::log(3.0) / 2}));  // logits 0 and ln 3
  problem.logit_bias.fill(numbers({0, 0}));
  const SplitResult result = run_split(problem);
  EXPECT_THAT(result.weights.values(), near({0.25, 0.75}));
  EXPECT_THAT(result.context.values(), near({1.75, 32.5, 1.25, 65}));
  EXPECT_THAT(result.log_sum_exp.values(), near({std::log(4.0)}));
  EXPECT_THAT(result.entropy.values(), near({std::log(4.0) - 0.75 * std::log(3.0)}));
}

TEST(SplitAttention, EveryGroupHasWeightsOfItsOwn) {
  SplitProblem problem({.R = 2, .W = 2, .G = 2, .hidden = 1, .lengths = {2}});
  fill_by_hand(problem, 0);
  problem.logit_weight.fill(numbers({0, 0, 0, std::log(3.0) / 2}));  // logits: group 0 (0, 0), group 1 (0, ln 3)
  problem.logit_bias.fill(numbers({0, 0, 0, 0}));
  const SplitResult result = run_split(problem);
  EXPECT_THAT(result.weights.values(), near({0.5, 0.25, 0.5, 0.75}));
  EXPECT_THAT(result.context.values(), near({1.5, 32.5, 0.5, 65}));
}

TEST(SplitAttention, ReluSilencesTheHiddenLayer) {
  SplitProblem problem({.R = 2, .W = 2, .G = 1, .hidden = 1, .lengths = {2}});
  fill_by_hand(problem, -2.5);
  problem.logit_weight.fill(numbers({0, 100}));
  problem.logit_bias.fill(numbers({0, std::log(4.0)}));
  EXPECT_THAT(run_split(problem).weights.values(), near({0.2, 0.8}));
}

TEST(SplitAttention, OneBranchIsPassedOn) {
  const SplitProblem problem({.R = 1, .W = 4, .G = 2, .lengths = {3}});
  const SplitResult result = run_split(problem);
  EXPECT_THAT(result.weights.values(), Each(1));
  EXPECT_THAT(result.entropy.values(), Each(0));
  EXPECT_EQ(result.context.values(), problem.values.values());
}

TEST(SplitAttention, EqualBranchesGiveThatBranchWhateverTheWeights) {
  SplitProblem problem({.R = 3, .W = 2, .G = 1, .lengths = {2}});
  problem.values.fill(numbers({1, 2, 1, 2, 1, 2, 5, 6, 5, 6, 5, 6}));
  EXPECT_THAT(run_split(problem).context.values(), near({1, 2, 5, 6}));
}

TEST(SplitAttention, WeightsSumToOneInEveryGroup) {
  const SplitProblem problem({.R = 3, .W = 6, .G = 3, .lengths = {2, 1, 4}, .layout = Layout::kGapped});
  const SplitResult result = run_split(problem);
  for (int64_t b = 0; b < 3; ++b) {
    for (int64_t g = 0; g < 3; ++g) {
      EXPECT_NEAR(result.weights.at(b, 0, g) + result.weights.at(b, 1, g) + result.weights.at(b, 2, g), 1, 1e-14);
    }
  }
}

TEST(SplitAttention, RowWithoutTokens) {
  const SplitProblem problem({.R = 2, .W = 4, .G = 2, .lengths = {0, 2, 0}});
  const SplitResult result = run_split(problem);
  for (const int64_t b : {0, 2}) {
    for (int64_t g = 0; g < 2; ++g) {
      EXPECT_EQ(result.weights.at(b, 0, g), 0);
      EXPECT_EQ(result.weights.at(b, 1, g), 0);
      EXPECT_EQ(result.log_sum_exp.at(b, 0, g), -std::numeric_limits<double>::infinity());
      EXPECT_EQ(result.entropy.at(b, 0, g), 0);
    }
  }
  EXPECT_NEAR(result.weights.at(1, 0, 0) + result.weights.at(1, 1, 0), 1, 1e-14);
}

TEST(SplitAttention, StridesAndNeighboursDoNotMatter) {
  SplitCase c{.R = 3, .W = 4, .G = 2, .lengths = {2, 3}};
  const SplitProblem plain(c);
  const SplitResult expected = run_split(plain);
  for (const Layout layout : {Layout::kGapped, Layout::kHeadsFirst}) {
    c.layout = layout;
    EXPECT_EQ(run_split(SplitProblem(c)).context.values(), expected.context.values());
  }
  SplitProblem alone({.R = 3, .W = 4, .G = 2, .lengths = {3}});
  alone.in.hidden_weight = plain.in.hidden_weight;
  alone.in.hidden_bias = plain.in.hidden_bias;
  alone.in.logit_weight = plain.in.logit_weight;
  alone.in.logit_bias = plain.in.logit_bias;
  alone.in.values = plain.in.values + 2 * plain.in.token_stride;
  const SplitResult row = run_split(alone);
  for (int64_t i = 0; i < 3; ++i) {
    for (int64_t w = 0; w < 4; ++w) EXPECT_EQ(row.context.at(i, 0, w), expected.context.at(2 + i, 0, w));
  }
}

TEST(SplitAttention, GivenWeightsReplaceTheSoftmax) {
  SplitProblem problem({.R = 2, .W = 2, .G = 1, .hidden = 1, .lengths = {2}});
  fill_by_hand(problem, 0);
  const std::vector<double> log_sum_exp = run_split(problem).log_sum_exp.values();
  problem.given_weights.fill(numbers({1, 0}));
  problem.in.given_weights = problem.given_weights.data();
  const SplitResult result = run_split(problem);
  EXPECT_THAT(result.context.values(), near({1, 10, -1, 20}));
  EXPECT_THAT(result.weights.values(), near({1, 0}));
  EXPECT_THAT(result.entropy.values(), Each(0));
  EXPECT_EQ(result.log_sum_exp.values(), log_sum_exp);
}

TEST(SplitAttention, GivenWeightsBelongToTheirRows) {
  SplitProblem problem({.R = 2, .W = 1, .G = 1, .lengths = {1, 0, 1}});
  problem.values.fill(numbers({1, 10, 100, 1000}));
  problem.given_weights.fill(numbers({2, 3, 4, 5, 6, 7}));
  problem.in.given_weights = problem.given_weights.data();
  const SplitResult result = run_split(problem);
  EXPECT_THAT(result.weights.values(), near({2, 3, 0, 0, 6, 7}));
  EXPECT_THAT(result.context.values(), near({32, 7600}));
}

}  // namespace
}  // namespace attune::testing
