// SPDX-License-Identifier: Apache-2.0
#include <ATen/TensorOperators.h>
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
