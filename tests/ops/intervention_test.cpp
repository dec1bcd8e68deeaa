// SPDX-License-Identifier: Apache-2.0
// Weights other than the computed ones, and gates on heads.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sort.h>
#include <gtest/gtest.h>

#include <limits>

#include "expect_close.hpp"
#include "operator_problem.hpp"

namespace attune::testing {
namespace {

using Kind = Intervention::Weights;
constexpr Wanted kAll{.log_sum_exp = true, .entropy = true, .received = true, .weights = true};

OperatorProblem make_problem(PairMask mask) {
  return OperatorProblem(
      {.H = 4, .Hkv = 2, .D = 3, .Dv = 2, .query_lengths = {3, 0, 5, 2}, .key_lengths = {9, 2, 6, 0}, .mask = mask});
}

AttentionOptions with(const Intervention& intervention) { return {.wanted = kAll, .intervention = intervention}; }

/// Where the reference's weights are positive: what may be attended to.
Tensor allowed_pairs(const OperatorProblem& problem) {
  return expected_allocation(problem, Form::kPacked).weights.gt(0);
}

/// The reference with `weights` given must agree in everything but the log-sum-exp, which is that of the scores.
void expect_as_given(OperatorProblem& problem, const Tensor& weights, const Allocation& actual) {
  const auto log_sum_exp = expected_allocation(problem, Form::kPacked).log_sum_exp;
  problem.reference.given_weights.fill(unpad_pairs(problem, weights));
  problem.reference.in.given_weights = problem.reference.given_weights.data();
  const auto expected = expected_allocation(problem, Form::kPacked);
  expect_close("context", actual.context, expected.context, 1e-13);
  expect_close("log_sum_exp", actual.log_sum_exp, log_sum_exp, 1e-13);
  expect_close("entropy", actual.entropy, expected.entropy, 1e-13);
  expect_close("received", actual.received, expected.received, 1e-13);
  expect_close("weights", actual.weights, expected.weights, 1e-13);
}

TEST(AttentionIntervention, UniformIsTheSameForEveryKeyThatMayBeAttendedTo) {
  for (const PairMask mask : kPairMasks) {
    SCOPED_TRACE(name_of(mask));
    auto problem = make_problem(mask);
    const auto allowed = allowed_pairs(problem).to(at::kDouble);
    const auto uniform_weights = allowed / allowed.sum(-1, true).clamp_min(1);
    ASSERT_GT(uniform_weights.sum().item<double>(), 10);
    const auto result =
        scaled_dot_attention(make_call(problem, Form::kPacked).in, {}, with({.weights = Kind::kUniform}));
    expect_as_given(problem, uniform_weights, result);
  }
}

TEST(AttentionIntervention, GivenAreTakenWhereAQueryMayAttend) {
  for (const PairMask mask : kPairMasks) {
    SCOPED_TRACE(name_of(mask));
    auto problem = make_problem(mask);
    const auto given = random_tensor({4, 4, 5, 9}, 3).abs();  // beyond the rows' lengths, too
    const auto result =
        scaled_dot_attention(make_call(problem, Form::kPacked).in, {}, with({.weights = Kind::kGiven, .given = given}));
    expect_as_given(problem, given, result);
  }
  auto problem = make_problem(PairMask::kNone);
  const auto call = make_call(problem, Form::kPacked);
  const auto computed = scaled_dot_attention(call.in, {}, {.wanted = kAll});
  const auto again = scaled_dot_attention(call.in, {}, with({.weights = Kind::kGiven, .given = computed.weights}));
  expect_same("context", again.context, computed.context);
}

TEST(AttentionIntervention, PermutedMovesWeightsAmongAllowedKeysOnly) {
  for (const PairMask mask : kPairMasks) {
    SCOPED_TRACE(name_of(mask));
    auto problem = make_problem(mask);
    const auto in = make_call(problem, Form::kPacked).in;
    const auto computed = scaled_dot_attention(in, {}, {.wanted = kAll}).weights;
    const Intervention by_three{.weights = Kind::kPermuted, .permutation = RandomKey(3)};
    const auto permuted = scaled_dot_attention(in, {}, with(by_three));
    EXPECT_TRUE(permuted.weights.gt(0).equal(allowed_pairs(problem)));
    EXPECT_TRUE(std::get<0>(permuted.weights.sort(-1)).equal(std::get<0>(computed.sort(-1))));
    EXPECT_FALSE(permuted.weights.equal(computed));
    EXPECT_TRUE(permuted.weights.equal(scaled_dot_attention(in, {}, with(by_three)).weights));
    const auto by_four = scaled_dot_attention(in, {}, with({.weights = Kind::kPermuted, .permutation = RandomKey(4)}));
    EXPECT_FALSE(permuted.weights.equal(by_four.weights));
    expect_as_given(problem, permuted.weights, permuted);
  }
}

/// By row id, head and query alone: the same row gives the same wherever it stands.
TEST(AttentionIntervention, PermutationIsOfTheRowWhateverElseStandsInTheBatch) {
  const auto problem = make_problem(PairMask::kNone);
  const auto together = make_call(problem, Form::kPacked).in;
  auto options = with({.weights = Kind::kPermuted, .permutation = RandomKey(3)});
  options.dropout.row_ids = offsets_tensor({5, 6, 7});  // [0, 5, 11, 18]
  const auto expected = scaled_dot_attention(together, {}, options).weights[2].narrow(-1, 0, 6);
  options.dropout.row_ids = options.dropout.row_ids.narrow(0, 2, 1);
  const AttentionInputs alone{.query = together.query.narrow(0, 3, 5),
                              .key = together.key.narrow(0, 11, 6),
                              .value = together.value.narrow(0, 11, 6),
                              .query_offsets = offsets_tensor({5}),
                              .key_offsets = offsets_tensor({6})};
  expect_close("weights", scaled_dot_attention(alone, {}, options).weights[0], expected, 1e-15);
}

/// Two rows that are the same: one query, repeated in every place, and one key head for all heads. Their computed
/// weights are the same in every line.
AttentionInputs twins(int64_t queries, int64_t keys) {
  const auto query = random_tensor({1, 1, 3}, 1).expand({2 * queries, 2, 3});
  const auto key = random_tensor({keys, 1, 3}, 2);
  const auto both = at::cat({key, key});
  return {.query = query,
          .key = both,
          .value = both,
          .query_offsets = offsets_tensor({queries, queries}),
          .key_offsets = offsets_tensor({keys, keys})};
}

TEST(AttentionIntervention, EachRowIdHeadAndQueryHasAPermutationOfItsOwn) {
  const auto in = twins(3, 8);  // 8! permutations: two that agree by chance do so once in 40320
  auto options = with({.weights = Kind::kPermuted, .permutation = RandomKey(3)});
  const auto permuted = [&](const Tensor& row_ids) {
    options.dropout.row_ids = row_ids;
    return scaled_dot_attention(in, {}, options).weights;
  };
  const auto ids = [](double first, double second) { return tensor_of({first, second}, {2}).to(at::kLong); };
  const auto base = permuted(ids(5, 6));
  EXPECT_FALSE(base[0].equal(base[1]));
  EXPECT_FALSE(base[0][0].equal(base[0][1])) << "heads";
  EXPECT_FALSE(base[0][0][0].equal(base[0][0][1])) << "queries";
  const auto turned = permuted(ids(6, 5));
  EXPECT_TRUE(turned[0].equal(base[1]));
  EXPECT_TRUE(turned[1].equal(base[0]));
  const auto same = permuted(ids(5, 5));
  EXPECT_TRUE(same[0].equal(base[0]));
  EXPECT_TRUE(same[1].equal(base[0]));
  EXPECT_TRUE(permuted({}).equal(permuted(ids(0, 1)))) << "without ids, rows are counted";
}

TEST(AttentionIntervention, HeadGates) {
  const auto problem = make_problem(PairMask::kPerHead);
  for (const at::ScalarType type : {at::kDouble, at::kFloat}) {
    auto in = make_call(problem, Form::kPacked).in;
    for (Tensor* tensor : {&in.query, &in.key, &in.value}) *tensor = tensor->to(type);
    const auto plain = scaled_dot_attention(in, {}, {.wanted = kAll});
    const auto ones = scaled_dot_attention(in, {}, with({.head_gates = at::ones({4}, at::kDouble)}));
    expect_same("context", ones.context, plain.context);
    const auto gates = tensor_of({1, 0, -2, 0.5}, {4});
    const auto gated = scaled_dot_attention(in, {}, with({.head_gates = gates}));
    expect_same("context", gated.context, plain.context * gates.to(type).view({1, 4, 1}));
    EXPECT_EQ(gated.context.select(1, 1).abs().max().item<double>(), 0);
    expect_same("weights", gated.weights, plain.weights);
    expect_same("entropy", gated.entropy, plain.entropy);
  }
}

TEST(AttentionIntervention, DenseAndPackedAlike) {
  const OperatorProblem problem(
      {.H = 4, .Hkv = 2, .D = 3, .query_lengths = {3, 3}, .key_lengths = {5, 5}, .mask = PairMask::kEmptyQuery});
  for (const Kind kind : {Kind::kUniform, Kind::kPermuted}) {
    const auto options = with({.weights = kind, .permutation = RandomKey(3)});
    const auto packed = scaled_dot_attention(make_call(problem, Form::kPacked).in, {}, options);
    const auto dense = scaled_dot_attention(make_call(problem, Form::kDensePermuted).in, {}, options);
    expect_same("weights", packed.weights, dense.weights);
    expect_same("context", packed.context, dense.context.transpose(1, 2).flatten(0, 1));
  }
}

}  // namespace
}  // namespace attune::testing
