// SPDX-License-Identifier: Apache-2.0
#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sort.h>
#include <gtest/gtest.h>

#include <limits>

#include "expect_close.hpp"
#include "split_call.hpp"

namespace attune::testing {
namespace {

using Kind = Intervention::Weights;
constexpr Wanted kAll{.log_sum_exp = true, .entropy = true, .weights = true};

void expect_reference(const SplitProblem& problem, const Allocation& actual, double tolerance) {
  const auto& [B, R, W, G, hidden] = problem.in.sizes;
  const auto expected = run_split(problem);
  expect_close("context", actual.context, tensor_of(expected.context.values(), {problem.offsets.back(), W}), tolerance);
  expect_close("weights", actual.weights, tensor_of(expected.weights.values(), {B, R, G}), tolerance);
  expect_close("log_sum_exp", actual.log_sum_exp, tensor_of(expected.log_sum_exp.values(), {B, G}), tolerance);
  expect_close("entropy", actual.entropy, tensor_of(expected.entropy.values(), {B, G}), tolerance);
  EXPECT_FALSE(actual.received.defined());
}

TEST(SplitAttentionOperator, AgreesWithTheReference) {
  for (const SplitCase& c : split_cases()) {
    SCOPED_TRACE(name_of(c));
    const SplitProblem problem(c);
    // Sums of at most 8 * 17 numbers below 1, then some thirty products: below 100 roundings.
    const auto in_double = make_split_call(problem);
    expect_reference(problem, split_attention(in_double.branches, in_double.offsets, in_double.gate, kAll), 2e-14);
    const auto in_float = make_split_call(problem, at::kFloat);
    expect_reference(problem, split_attention(in_float.branches, in_float.offsets, in_float.gate, kAll), 1e-5);
  }
}

TEST(SplitAttentionOperator, WithoutOffsetsEveryTokenIsARow) {
  const SplitProblem problem({.R = 2, .W = 8, .G = 2, .lengths = {1, 1, 1, 1, 1}});
  const auto call = make_split_call(problem);
  expect_reference(problem, split_attention(call.branches, {}, call.gate, kAll), 2e-14);
}

TEST(SplitAttentionOperator, AnyStrides) {
  const SplitProblem problem({.R = 4, .W = 8, .G = 2, .lengths = {3, 2}});
  const auto call = make_split_call(problem);
  for (const auto& [from, to] : {std::pair{0, 1}, {1, 2}, {0, 2}}) {
    const auto strided = call.branches.transpose(from, to).contiguous().transpose(from, to);
    ASSERT_FALSE(strided.is_contiguous());
    expect_reference(problem, split_attention(strided, call.offsets, call.gate, kAll), 2e-14);
  }
}

TEST(SplitAttentionOperator, NoRowsAndNoTokens) {
  for (const std::vector<int64_t>& lengths : {std::vector<int64_t>{}, {0, 0}}) {
    const SplitProblem problem({.R = 2, .W = 4, .G = 2, .lengths = lengths});
    const auto call = make_split_call(problem);
    const auto result = split_attention(call.branches, call.offsets, call.gate, kAll);
    EXPECT_EQ(result.context.sizes(), (std::vector<int64_t>{0, 4}));
    expect_reference(problem, result, 0);
    EXPECT_EQ(split_attention(call.branches, {}, call.gate, kAll).context.sizes(), (std::vector<int64_t>{0, 4}));
  }
}

TEST(SplitAttentionOperator, StatisticsNeverChangeTheContext) {
  const SplitProblem problem({.R = 2, .W = 8, .G = 2, .lengths = {3, 0, 2}});
  const auto call = make_split_call(problem);
  const auto plain = split_attention(call.branches, call.offsets, call.gate).context;
  for (int bits = 0; bits < 8; ++bits) {
    const Wanted wanted{.log_sum_exp = (bits & 1) != 0, .entropy = (bits & 2) != 0, .weights = (bits & 4) != 0};
    const auto result = split_attention(call.branches, call.offsets, call.gate, wanted);
    expect_same("context", result.context, plain);
    EXPECT_EQ(result.weights.defined(), wanted.weights);
    EXPECT_EQ(result.entropy.defined(), wanted.entropy);
    EXPECT_EQ(result.log_sum_exp.defined(), wanted.log_sum_exp);
  }
}

TEST(SplitAttentionOperator, StatisticsAreTheSameAloneAsTogether) {
  const SplitProblem problem({.R = 3, .W = 8, .G = 2, .lengths = {3, 0, 2}});
  const auto call = make_split_call(problem, at::kFloat);
  for (const Tensor& offsets : {call.offsets, Tensor()}) {
    const auto run = [&](const Wanted& wanted) { return split_attention(call.branches, offsets, call.gate, wanted); };
    const auto together = run(kAll);
    EXPECT_EQ(together.log_sum_exp.isinf().any().item<bool>(), offsets.defined()) << "of the row without tokens";
    expect_same("log_sum_exp", run({.log_sum_exp = true}).log_sum_exp, together.log_sum_exp);
    expect_same("entropy", run({.entropy = true}).entropy, together.entropy);
    expect_same("weights", run({.weights = true}).weights, together.weights);
    const auto received = run({.received = true});
    EXPECT_FALSE(received.received.defined() || received.weights.defined());
    expect_same("context", received.context, together.context);
  }
}

/// The gate sees a row's mean: a row of copies of one token is weighed as that token alone.
TEST(SplitAttentionOperator, GateSeesTheMeanOfTheRow) {
  const SplitProblem problem({.R = 3, .W = 8, .G = 2, .lengths = {1}});
  const auto call = make_split_call(problem);
  const auto alone = split_attention(call.branches, call.offsets, call.gate, kAll);
  ASSERT_GT(at::linear(call.branches.sum(1), call.gate.reduce_weight, call.gate.reduce_bias).max().item<double>(), 0)
      << "a unit that the mean reaches";
  for (const int64_t copies : {2, 5}) {
    const auto branches = call.branches.expand({copies, 3, 8});
    const auto result = split_attention(branches, offsets_tensor({copies}), call.gate, kAll);
    expect_close("weights", result.weights, alone.weights, 1e-14);
    expect_close("context", result.context, alone.context.expand({copies, 8}), 1e-14);
  }
  // Written out for the token alone, so that a factor on every mean is seen, too.
  const auto sum = call.branches.sum(1);
  const auto scores = at::linear(at::linear(sum, call.gate.reduce_weight, call.gate.reduce_bias).clamp_min(0),
                                 call.gate.expand_weight, call.gate.expand_bias);
  expect_close("weights", alone.weights, scores.view({1, 3, 2}).softmax(1), 1e-14);
}

TEST(SplitAttentionOperator, EachRowAndGroupHasAPermutationOfItsOwn) {
  const SplitProblem problem({.R = 6, .W = 8, .G = 2, .lengths = {1}});
  auto call = make_split_call(problem);
  // Two rows alike, and the same scores in both groups.
  call.branches = call.branches.expand({2, 6, 8});
  call.gate.expand_weight = call.gate.expand_weight.slice(0, 0, 6).repeat_interleave(2, 0);
  call.gate.expand_bias = call.gate.expand_bias.slice(0, 0, 6).repeat_interleave(2, 0);
  const auto permuted = split_attention(call.branches, offsets_tensor({1, 1}), call.gate, kAll,
                                        {.weights = Kind::kPermuted, .permutation = RandomKey(3)})
                            .weights;  // [2, 6, 2]
  EXPECT_TRUE(std::get<0>(permuted.sort(1))[0].equal(std::get<0>(permuted.sort(1))[1]));
  EXPECT_FALSE(permuted[0].equal(permuted[1])) << "rows";
  EXPECT_FALSE(permuted.select(2, 0).equal(permuted.select(2, 1))) << "groups";
}

TEST(SplitAttentionOperator, InterventionsActAsGivenWeights) {
  SplitProblem problem({.R = 4, .W = 8, .G = 2, .lengths = {3, 0, 2}});
  const auto call = make_split_call(problem);
  const auto run = [&](const Intervention& intervention) {
    return split_attention(call.branches, call.offsets, call.gate, kAll, intervention);
  };
  const auto expect_given = [&](const Tensor& weights, const Allocation& actual) {
    problem.given_weights.fill(numbers_of(weights));
    problem.in.given_weights = problem.given_weights.data();
    expect_reference(problem, actual, 2e-14);
  };
  const auto computed = run({}).weights;
  const auto given = random_tensor({3, 4, 2}, 9).abs();
  expect_given(given, run({.weights = Kind::kGiven, .given = given}));
  expect_given(at::ones({3, 4, 2}, at::kDouble) / 4, run({.weights = Kind::kUniform}));

  const auto permuted = run({.weights = Kind::kPermuted, .permutation = RandomKey(3)});
  EXPECT_TRUE(std::get<0>(permuted.weights.sort(1)).equal(std::get<0>(computed.sort(1))));
  EXPECT_FALSE(permuted.weights.equal(computed));
  EXPECT_TRUE(permuted.weights.equal(run({.weights = Kind::kPermuted, .permutation = RandomKey(3)}).weights));
  EXPECT_FALSE(permuted.weights.equal(run({.weights = Kind::kPermuted, .permutation = RandomKey(4)}).weights));
  expect_given(permuted.weights, permuted);
}

}  // namespace
}  // namespace attune::testing
