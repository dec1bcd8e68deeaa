// SPDX-License-Identifier: Apache-2.0
// Numbers worked by hand: each expectation can be checked with the formulas of the header and a pencil.
#include <gmock/gmock.h>

#include <cmath>
#include <initializer_list>

#include "attention_problem.hpp"

namespace attune::testing {
namespace {

using reference::Score;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Pointwise;

constexpr double kTolerance = 1e-14;
const double kLn2 = std::log(2.0);

MATCHER_P(Numbers, expected, "") {
  return ::testing::ExplainMatchResult(Pointwise(::testing::DoubleNear(kTolerance), expected), arg, result_listener);
}

std::vector<double> numbers(std::initializer_list<double> list) { return list; }

/// Two queries, +1 and -1, and three keys with scores 0, ln 2, ln 4 or their negatives.
AttentionCase two_by_three() { return {.score = Score::kDot, .query_lengths = {2}, .key_lengths = {3}}; }

void fill_powers(AttentionProblem& problem) {
  problem.query.fill(numbers({1, -1}));
  problem.key.fill(numbers({0, kLn2, 2 * kLn2}));
  problem.value.fill(numbers({7, 14, 21}));
}

TEST(Attention, EqualScoresGiveUniformWeights) {
  for (const Score score : kScores) {
    SCOPED_TRACE(name_of(score));
    AttentionProblem problem({.score = score, .D = 2, .Dv = 2, .query_lengths = {2}, .key_lengths = {3}});
    problem.query.fill([] { return 0.0; });
    problem.key.fill(numbers({0.5, -1, 0.5, -1, 0.5, -1}));
    problem.value.fill(numbers({1, 10, 2, 20, 6, 60}));
    if (score == Score::kAdditive) problem.u.fill(numbers({0, 0}));
    const AttentionResult result = run_attention(problem);
    const double third = 1.0 / 3;
    EXPECT_THAT(result.weights.values(), Numbers(std::vector<double>(6, third)));
    EXPECT_THAT(result.context.values(), Numbers(numbers({3, 30, 3, 30})));
    EXPECT_THAT(result.log_sum_exp.values(), Numbers(std::vector<double>(2, std::log(3.0))));
    EXPECT_THAT(result.entropy.values(), Numbers(std::vector<double>(2, std::log(3.0))));
    EXPECT_THAT(result.received.values(), Numbers(std::vector<double>(3, 2 * third)));
  }
}

TEST(Attention, ScoresThatAreLogarithmsGiveWeightsInProportion) {
  AttentionProblem problem(two_by_three());
  fill_powers(problem);
  const AttentionResult result = run_attention(problem);
  EXPECT_THAT(result.weights.values(), Numbers(numbers({1. / 7, 2. / 7, 4. / 7, 4. / 7, 2. / 7, 1. / 7})));
  EXPECT_THAT(result.context.values(), Numbers(numbers({1 + 4 + 12, 4 + 4 + 3})));
  EXPECT_THAT(result.log_sum_exp.values(), Numbers(numbers({std::log(7.0), std::log(1.75)})));
  // sum of p ln(1/p) over 1/7, 2/7, 4/7: ln 7 less 2/7 ln 2 and 4/7 ln 4.
  const double expected_entropy = std::log(7.0) - 10.0 / 7 * kLn2;
  EXPECT_THAT(result.entropy.values(), Numbers(numbers({expected_entropy, expected_entropy})));
  EXPECT_THAT(result.received.values(), Numbers(numbers({5. / 7, 4. / 7, 5. / 7})));
}

TEST(Attention, AdditiveIsUTimesTanhOfTheSum) {
  AttentionProblem problem({.score = Score::kAdditive, .D = 2, .query_lengths = {1}, .key_lengths = {2}});
  problem.query.fill(numbers({0.25, 3}));
  // Score of key 0: 2 tanh(0) + tanh(0) = 0; of key 1: 2 (ln 2 / 4) + (ln 2 / 2) = ln 2.
  problem.key.fill(numbers({-0.25, -3, std::atanh(kLn2 / 4) - 0.25, std::atanh(kLn2 / 2) - 3}));
  problem.u.fill(numbers({2, 1}));
  EXPECT_THAT(run_attention(problem).weights.values(), Numbers(numbers({1. / 3, 2. / 3})));
}

TEST(Attention, MultiplicativeTakesTheQueryOnTheLeftOfW) {
  AttentionProblem problem({.score = Score::kMultiplicative, .D = 2, .query_lengths = {1}, .key_lengths = {2}});
  problem.query.fill(numbers({1, 5}));
  problem.key.fill(numbers({3, kLn2, 9, 0}));
  problem.matrix.fill(numbers({0, 1, 0, 0}));  // score = query[0] * key[1]
  EXPECT_THAT(run_attention(problem).weights.values(), Numbers(numbers({2. / 3, 1. / 3})));
}

TEST(Attention, ScaledDotDividesByTheRootOfDUnlessAScaleIsGiven) {
  AttentionProblem problem({.score = Score::kScaledDot, .D = 4, .query_lengths = {1}, .key_lengths = {2}});
  problem.query.fill(numbers({1, 1, 1, 1}));
  problem.key.fill(numbers({0, 0, 0, 0, kLn2, kLn2, 0, 0}));  // dot products 0 and 2 ln 2
  EXPECT_THAT(run_attention(problem).weights.values(), Numbers(numbers({1. / 3, 2. / 3})));
  problem.in.scale = 1;
  EXPECT_THAT(run_attention(problem).weights.values(), Numbers(numbers({1. / 5, 4. / 5})));
  problem.in.scale = 0;
  EXPECT_THAT(run_attention(problem).weights.values(), Numbers(numbers({1. / 2, 1. / 2})));
}

TEST(Attention, FourQueryHeadsOverTwoKeyHeadsReadInPairs) {
  AttentionProblem problem({.score = Score::kDot, .H = 4, .Hkv = 2, .query_lengths = {1}, .key_lengths = {2}});
  problem.query.fill(numbers({0, 1, 0, 1}));
  problem.key.fill(numbers({0, 0, kLn2, 3 * kLn2}));  // token by token: heads 0 and 1
  problem.value.fill(numbers({0, 0, 18, 90}));
  const AttentionResult result = run_attention(problem);
  EXPECT_THAT(result.context.values(), Numbers(numbers({9, 12, 45, 80})));
  EXPECT_THAT(result.received.values(),
              Numbers(numbers({1. / 2, 1. / 3, 1. / 2, 1. / 9, 1. / 2, 2. / 3, 1. / 2, 8. / 9})));
}

TEST(Attention, EveryQueryHeadHasParametersOfItsOwn) {
  const AttentionCase c{.score = Score::kMultiplicative, .H = 2, .Hkv = 1, .query_lengths = {1}, .key_lengths = {2}};
  AttentionProblem multiplicative(c);
  multiplicative.query.fill(numbers({1, 1}));
  multiplicative.key.fill(numbers({0, kLn2}));
  multiplicative.matrix.fill(numbers({1, 2}));
  EXPECT_THAT(run_attention(multiplicative).weights.values(), Numbers(numbers({1. / 3, 2. / 3, 1. / 5, 4. / 5})));

  AttentionCase additive_case = c;
  additive_case.score = Score::kAdditive;
  AttentionProblem additive(additive_case);
  additive.query.fill(numbers({0, 0}));
  additive.key.fill(numbers({0, std::atanh(kLn2 / 2)}));
  additive.u.fill(numbers({2, 4}));
  EXPECT_THAT(run_attention(additive).weights.values(), Numbers(numbers({1. / 3, 2. / 3, 1. / 5, 4. / 5})));
}

TEST(Attention, DropoutAndGatesActOnTheContextAlone) {
  AttentionProblem problem(two_by_three());
  fill_powers(problem);
  const AttentionResult plain = run_attention(problem);
  problem.dropout.fill(numbers({0, 2, 1, 1, 1, 0}));
  problem.head_gate.fill(numbers({0.5}));
  problem.in.dropout = problem.dropout.data();
  problem.in.head_gate = problem.head_gate.data();
  const AttentionResult result = run_attention(problem);
  EXPECT_THAT(result.context.values(), Numbers(numbers({(8 + 12) / 2., (4 + 4) / 2.})));
  EXPECT_EQ(result.weights.values(), plain.weights.values());
  EXPECT_EQ(result.entropy.values(), plain.entropy.values());
  EXPECT_EQ(result.received.values(), plain.received.values());
}

TEST(Attention, GivenWeightsReplaceTheSoftmaxExceptWhereTheMaskForbids) {
  AttentionProblem problem(two_by_three());
  fill_powers(problem);
  const std::vector<double> log_sum_exp = run_attention(problem).log_sum_exp.values();
  problem.given_weights.fill(numbers({0.5, 0.5, 0, 1, 2, 3}));
  problem.in.given_weights = problem.given_weights.data();
  const AttentionResult open = run_attention(problem);
  EXPECT_THAT(open.context.values(), Numbers(numbers({10.5, 7 + 28 + 63})));
  EXPECT_THAT(open.weights.values(), Numbers(numbers({0.5, 0.5, 0, 1, 2, 3})));
  EXPECT_THAT(open.received.values(), Numbers(numbers({1.5, 2.5, 3})));
  EXPECT_NEAR(open.entropy.at(0), kLn2, kTolerance);
  EXPECT_EQ(open.log_sum_exp.values(), log_sum_exp);

  const uint8_t mask[] = {0, 1, 1, 0, 0, 0};
  problem.in.mask = mask;
  const AttentionResult masked = run_attention(problem);
  EXPECT_THAT(masked.weights.values(), Numbers(numbers({0, 0.5, 0, 0, 0, 0})));
  EXPECT_THAT(masked.context.values(), Numbers(numbers({7, 0})));
}

TEST(Attention, LargeScoresDoNotOverflow) {
  AttentionProblem problem(two_by_three());
  fill_powers(problem);
  problem.query.fill(numbers({1e6, -1e6}));
  const AttentionResult result = run_attention(problem);
  EXPECT_THAT(result.weights.values(), ElementsAre(0, 0, 1, 1, 0, 0));
  EXPECT_THAT(result.log_sum_exp.values(), ElementsAre(2e6 * kLn2, 0));
  EXPECT_THAT(result.entropy.values(), Each(0));
}

TEST(Attention, ScoresThatOverflowAreNotTakenForAnEmptyQuery) {
  AttentionProblem problem(two_by_three());
  fill_powers(problem);
  problem.query.fill(numbers({-1e308, 1}));
  problem.key.fill(numbers({1e10, 1e10, 1e10}));  // scores of query 0: -infinity
  const AttentionResult result = run_attention(problem);
  EXPECT_TRUE(std::isnan(result.context.at(0)));
  EXPECT_NEAR(result.context.at(1), 14, 1e-12);
}

TEST(AttentionBackward, TwoKeysByHand) {
  // Scores 0 and ln 2: weights 1/3 and 2/3. d_weight = values (3, 9), mean 7: d_score = (-4/3, 4/3).
  AttentionProblem problem({.score = Score::kDot, .query_lengths = {1}, .key_lengths = {2}});
  problem.query.fill(numbers({2}));
  problem.key.fill(numbers({0, kLn2 / 2}));
  problem.value.fill(numbers({3, 9}));
  StridedBuffer d_context(1, 1, 1);
  d_context.fill(numbers({1}));
  const AttentionGradientResult result = run_attention_backward(problem, d_context);
  EXPECT_THAT(result.value.values(), Numbers(numbers({1. / 3, 2. / 3})));
  EXPECT_THAT(result.key.values(), Numbers(numbers({-8. / 3, 8. / 3})));
  EXPECT_THAT(result.query.values(), Numbers(numbers({4. / 3 * kLn2 / 2})));
  EXPECT_THAT(result.head_gate.values(), Numbers(numbers({7})));
}

}  // namespace
}  // namespace attune::testing
