// SPDX-License-Identifier: Apache-2.0
// Nothing at all, one token, and numbers that are not finite.
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <limits>

#include "expect_close.hpp"
#include "operator_problem.hpp"

namespace attune::testing {
namespace {

using reference::Score;
constexpr Wanted kAll{.log_sum_exp = true, .entropy = true, .received = true, .weights = true};
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

class AttentionEdge : public ::testing::TestWithParam<Score> {};

INSTANTIATE_TEST_SUITE_P(All, AttentionEdge, ::testing::ValuesIn(kScores),
                         [](const auto& test) { return name_of(test.param); });

OperatorCase lengths(Score score, std::vector<int64_t> queries, std::vector<int64_t> keys) {
  return {.score = score, .H = 2, .Hkv = 1, .D = 3, .Dv = 2, .query_lengths = queries, .key_lengths = keys};
}

TEST_P(AttentionEdge, NoRowsAndNoTokens) {
  AttentionOptions options{.wanted = kAll, .dropout = {.rate = 0.5}};
  for (const auto kind :
       {Intervention::Weights::kComputed, Intervention::Weights::kUniform, Intervention::Weights::kPermuted}) {
    options.intervention.weights = kind;
    for (const std::vector<int64_t>& none : {std::vector<int64_t>{}, {0}, {0, 0}}) {
      OperatorProblem problem(lengths(GetParam(), none, none));
      for (const bool causal : {false, true}) {
        problem.reference.in.causal = causal;
        for (const Form form : {Form::kPacked, Form::kDense}) {
          const auto result = allocate(GetParam(), make_call(problem, form), options);
          EXPECT_EQ(result.context.numel(), 0);
          EXPECT_EQ(result.context.dim(), is_packed(form) ? 3 : 4);
          EXPECT_EQ(result.weights.numel(), 0);
        }
      }
    }
  }
}

TEST_P(AttentionEdge, QueriesWithoutKeysAndKeysWithoutQueries) {
  const OperatorProblem no_keys(lengths(GetParam(), {2, 2}, {0, 0}));
  const OperatorProblem no_queries(lengths(GetParam(), {0, 0}, {3, 3}));
  for (const Form form : {Form::kPacked, Form::kDense}) {
    const auto call = make_call(no_keys, form, /*requires_grad=*/true);
    const auto result = allocate(GetParam(), call, {.wanted = kAll});
    EXPECT_EQ(result.context.numel(), 2 * 2 * 2 * 2);
    EXPECT_TRUE(result.context.eq(0).all().item<bool>());
    EXPECT_TRUE(result.log_sum_exp.eq(-std::numeric_limits<double>::infinity()).all().item<bool>());
    EXPECT_TRUE(result.entropy.eq(0).all().item<bool>());
    const auto gradients = gradients_of(call, result.context, result.context.detach() + 1);
    EXPECT_TRUE(gradients.query.eq(0).all().item<bool>());
    const auto received = allocate(GetParam(), make_call(no_queries, form), {.wanted = kAll}).received;
    EXPECT_EQ(received.numel(), 2 * 2 * 3);
    EXPECT_TRUE(received.eq(0).all().item<bool>());
  }
}

TEST_P(AttentionEdge, OneTokenGetsAllOfTheWeight) {
  const OperatorProblem problem(lengths(GetParam(), {1}, {1}));
  const auto call = make_call(problem, Form::kPacked);
  const auto result = allocate(GetParam(), call, {.wanted = kAll});
  expect_same("context", result.context, call.in.value.expand({1, 2, 2}).contiguous());
  EXPECT_TRUE(result.weights.eq(1).all().item<bool>());
  EXPECT_FALSE(result.entropy.signbit().any().item<bool>());  // 0, not -0
}

TEST_P(AttentionEdge, OneTensorGivenSeveralTimesIsAsCopiesOfIt) {
  const auto x = random_tensor({7, 2, 3}, 1).requires_grad_(true);
  OperatorCall copies;
  if (GetParam() == Score::kAdditive) copies.parameter = random_tensor({2, 3}, 2);
  if (GetParam() == Score::kMultiplicative) copies.parameter = random_tensor({2, 3, 3}, 2);
  const auto query_offsets = offsets_tensor({2, 0, 5});
  for (const Tensor& key_offsets : {query_offsets, offsets_tensor({4, 1, 2})}) {
    for (Tensor* tensor : {&copies.in.query, &copies.in.key, &copies.in.value}) {
      *tensor = x.detach().clone().requires_grad_(true);
    }
    copies.in.query_offsets = query_offsets.clone();
    copies.in.key_offsets = key_offsets.clone();
    auto one = copies;
    one.in.query = one.in.key = one.in.value = x;
    one.in.query_offsets = query_offsets;
    one.in.key_offsets = key_offsets;

    const auto expected = allocate(GetParam(), copies).context, context = allocate(GetParam(), one).context;
    expect_same("context", context, expected);
    const auto d_context = random_tensor(context.sizes(), 3);
    const auto d_copies =
        torch::autograd::grad({expected}, {copies.in.query, copies.in.key, copies.in.value}, {d_context});
    const auto d_x = torch::autograd::grad({context}, {x}, {d_context})[0];
    expect_close("d_x", d_x, d_copies[0] + d_copies[1] + d_copies[2], 1e-14);
  }
}

/// What the header says of numbers that are not finite where a query may not attend.
TEST_P(AttentionEdge, ForbiddenNumbers) {
  OperatorCase c = lengths(GetParam(), {3, 3}, {4, 4});
  c.mask = PairMask::kShared;
  OperatorProblem problem(c);
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t i = 0; i < 3; ++i) {
      const auto place = [&](int64_t j) { return pair_index(problem.reference.in, 1, b, 0, i, j); };
      problem.reference.mask[place(0)] = 1;
      problem.reference.mask[place(3)] = 0;  // nobody sees key 3
    }
  }
  const auto run = [&](double key, double value) {
    for (const int64_t token : {3, 7}) {
      problem.reference.key.at(token, 0, 1) = key;
      problem.reference.value.at(token, 0, 1) = value;
    }
    const auto call = make_call(problem, Form::kPacked, /*requires_grad=*/true);
    const auto result = allocate(GetParam(), call, {.wanted = kAll});
    return std::pair{result, gradients_of(call, result.context, result.context.detach().cos())};
  };
  const auto [expected, expected_gradients] = run(0.5, 0.5);
  const auto [huge, huge_gradients] = run(1e30, -1e30);
  expect_same("context beside huge numbers", huge.context, expected.context);
  expect_same("d_query beside huge numbers", huge_gradients.query, expected_gradients.query);
  expect_same("d_key beside huge numbers", huge_gradients.key, expected_gradients.key);
  expect_same("d_value beside huge numbers", huge_gradients.value, expected_gradients.value);

  const auto [nan_key, nan_key_gradients] = run(kNaN, 0.5);
  expect_same("context beside a forbidden NaN key", nan_key.context, expected.context);
  expect_same("weights beside a forbidden NaN key", nan_key.weights, expected.weights);
  EXPECT_TRUE(nan_key_gradients.query.isnan().any().item<bool>());
  EXPECT_TRUE(run(0.5, kNaN).first.context.isnan().any().item<bool>());
}

}  // namespace
}  // namespace attune::testing
