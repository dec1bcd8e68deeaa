// SPDX-License-Identifier: Apache-2.0
// The operators' context, statistics and weights against the reference kernels.
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "expect_close.hpp"
#include "operator_problem.hpp"

namespace attune::testing {
namespace {

using reference::Score;

struct Sizes {
  int64_t D, Tq, Tk, H, Hkv;
};

/// Every width, length and grouping of heads occurs, and Tq < Tk, Tq = Tk and Tq > Tk.
constexpr Sizes kSizes[] = {{1, 1, 1, 1, 1},   {8, 2, 17, 4, 4},  {40, 17, 2, 4, 2}, {59, 17, 17, 4, 2},
                            {64, 2, 97, 4, 2}, {8, 97, 97, 1, 1}, {1, 97, 17, 4, 4}, {40, 1, 2, 1, 1}};
constexpr Wanted kAll{.log_sum_exp = true, .entropy = true, .received = true, .weights = true};

double unit_roundoff(at::ScalarType type) {
  return type == at::kFloat ? std::numeric_limits<float>::epsilon() / 2 : std::numeric_limits<double>::epsilon() / 2;
}

/// The greatest sum of absolute products that makes a score.
double score_magnitude(const OperatorProblem& problem) {
  const auto call = make_call(problem, Form::kPacked);
  if (call.in.query.numel() == 0 || call.in.key.numel() == 0) return 0;
  const auto q = call.in.query.abs().to(at::kDouble).amax(0), k = call.in.key.abs().to(at::kDouble).amax(0);
  const auto keys = k.repeat_interleave(problem.c.H / problem.c.Hkv, 0).unsqueeze(-1);  // [H, D, 1]
  switch (problem.c.score) {
    case Score::kAdditive:
      return call.parameter.abs().sum(-1).max().item<double>();
    case Score::kMultiplicative:
      return q.unsqueeze(1).matmul(call.parameter.abs().to(at::kDouble)).matmul(keys).max().item<double>();
    case Score::kDot:
      return q.unsqueeze(1).matmul(keys).max().item<double>();
    case Score::kScaledDot:
      return q.unsqueeze(1).matmul(keys).max().item<double>() / std::sqrt(static_cast<double>(problem.c.D));
  }
  return 0;
}

/// What rounding may do, u being the type's unit roundoff. A sum of n products in any order errs by lambda sqrt(n) u
/// times the sum of the absolute products but with negligible probability (Higham and Mary 2019, "A new approach to
/// probabilistic rounding error analysis", theorem 2.4); lambda = 2. An error e of the scores multiplies weights by
/// exp(+-2 e); the values are at most 1.
struct Tolerance {
  explicit Tolerance(const OperatorProblem& problem) {
    const double u = unit_roundoff(problem.c.type), magnitude = score_magnitude(problem);
    const double D = static_cast<double>(problem.c.D), Tk = static_cast<double>(problem.longest_key());
    const double products = problem.c.score == Score::kMultiplicative ? 4 * D : D;
    const double score = 2 * u * (std::sqrt(products) + 2) * magnitude;
    context = 2 * score + 2 * u * (std::sqrt(Tk) + 4);
    log_sum_exp = score + 2 * u * (magnitude + std::log(Tk + 1) + 2);
    entropy = 2 * context * (std::log(Tk + 1) + 2);
    received = context * static_cast<double>(problem.longest_query());
  }
  double context, log_sum_exp, entropy, received;
};

void expect_allocation(const OperatorProblem& problem, Form form) {
  const auto actual = allocate(problem.c.score, make_call(problem, form), {.wanted = kAll});
  const auto expected = expected_allocation(problem, form);
  ASSERT_GT(expected.context.numel(), 0);
  ASSERT_EQ(actual.context.scalar_type(), problem.c.type);
  const Tolerance tolerance(problem);
  expect_close("context", actual.context, expected.context, tolerance.context);
  expect_close("log_sum_exp", actual.log_sum_exp, expected.log_sum_exp, tolerance.log_sum_exp);
  expect_close("entropy", actual.entropy, expected.entropy, tolerance.entropy);
  expect_close("received", actual.received, expected.received, tolerance.received);
  expect_close("weights", actual.weights, expected.weights, tolerance.context);
}

/// Packed rows also have unequal lengths, no queries, no keys, and neither.
OperatorCase case_of(Score score, const Sizes& s, PairMask mask, Form form, at::ScalarType type) {
  OperatorCase c{.score = score, .H = s.H, .Hkv = s.Hkv, .D = s.D, .Dv = 3, .mask = mask, .type = type};
  c.query_lengths = {s.Tq, s.Tq};
  c.key_lengths = {s.Tk, s.Tk};
  if (is_packed(form)) {
    c.query_lengths = {1, 0, s.Tq, 0, 2, s.Tq};
    c.key_lengths = {2, 3, s.Tk, 0, 0, (s.Tk + 1) / 2};
  }
  return c;
}

class AttentionOperator : public ::testing::TestWithParam<Score> {};

INSTANTIATE_TEST_SUITE_P(All, AttentionOperator, ::testing::ValuesIn(kScores),
                         [](const auto& test) { return name_of(test.param); });

TEST_P(AttentionOperator, AgreesWithTheReference) {
  for (const auto type : {at::kDouble, at::kFloat}) {
    for (const Sizes& s : kSizes) {
      for (const PairMask mask : kPairMasks) {
        for (const Form form : kForms) {
          SCOPED_TRACE(std::string(c10::toString(type)) + " D " + std::to_string(s.D) + " Tq " + std::to_string(s.Tq) +
                       " Tk " + std::to_string(s.Tk) + " H " + std::to_string(s.H) + " over " + std::to_string(s.Hkv) +
                       " " + name_of(mask) + " " + name_of(form));
          expect_allocation(OperatorProblem(case_of(GetParam(), s, mask, form, type)), form);
          if (HasFailure()) return;
        }
      }
    }
  }
}

TEST_P(AttentionOperator, PackedAndDenseGiveTheSame) {
  const OperatorProblem problem(case_of(GetParam(), {8, 17, 5, 4, 2}, PairMask::kPerHead, Form::kDense, at::kFloat));
  const auto packed = allocate(GetParam(), make_call(problem, Form::kPacked), {.wanted = kAll});
  const auto dense = allocate(GetParam(), make_call(problem, Form::kDensePermuted), {.wanted = kAll});
  expect_same("context", packed.context, dense.context.transpose(1, 2).flatten(0, 1));
  expect_same("received", packed.received, dense.received.transpose(1, 2).flatten(0, 1));
  expect_same("weights", packed.weights, dense.weights);
}

TEST_P(AttentionOperator, StatisticsNeverChangeTheContext) {
  for (const Form form : {Form::kPacked, Form::kDense}) {
    const OperatorProblem problem(case_of(GetParam(), {8, 17, 5, 4, 2}, PairMask::kEmptyQuery, form, at::kFloat));
    const auto call = make_call(problem, form);
    const auto plain = allocate(GetParam(), call);
    ASSERT_GT(plain.context.numel(), 0);
    for (int bits = 0; bits < 16; ++bits) {
      const Wanted wanted{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
      const auto result = allocate(GetParam(), call, {.wanted = wanted});
      expect_same("context with statistics " + std::to_string(bits), result.context, plain.context);
      EXPECT_EQ(result.log_sum_exp.defined(), wanted.log_sum_exp);
      EXPECT_EQ(result.entropy.defined(), wanted.entropy);
      EXPECT_EQ(result.received.defined(), wanted.received);
      EXPECT_EQ(result.weights.defined(), wanted.weights);
    }
  }
}

TEST_P(AttentionOperator, StatisticsAreTheSameAloneAsTogether) {
  for (const PairMask mask : {PairMask::kNone, PairMask::kCausal, PairMask::kEmptyQuery}) {
    for (const Form form : {Form::kPacked, Form::kDense}) {
      SCOPED_TRACE(name_of(mask) + " " + name_of(form));
      const OperatorProblem problem(case_of(GetParam(), {8, 17, 5, 4, 2}, mask, form, at::kFloat));
      const auto call = make_call(problem, form);
      const auto together = allocate(GetParam(), call, {.wanted = kAll});
      ASSERT_GT(together.received.sum().item<double>(), 1);
      expect_same("log_sum_exp", allocate(GetParam(), call, {.wanted = {.log_sum_exp = true}}).log_sum_exp,
                  together.log_sum_exp);
      expect_same("entropy", allocate(GetParam(), call, {.wanted = {.entropy = true}}).entropy, together.entropy);
      expect_same("received", allocate(GetParam(), call, {.wanted = {.received = true}}).received, together.received);
      expect_same("weights", allocate(GetParam(), call, {.wanted = {.weights = true}}).weights, together.weights);
    }
  }
}

TEST_P(AttentionOperator, OnlyTheContextCarriesGradients) {
  const OperatorProblem problem(case_of(GetParam(), {8, 2, 5, 1, 1}, PairMask::kNone, Form::kDense, at::kFloat));
  const auto result = allocate(GetParam(), make_call(problem, Form::kDense, /*requires_grad=*/true), {.wanted = kAll});
  EXPECT_TRUE(result.context.requires_grad());
  for (const Tensor& statistic : {result.log_sum_exp, result.entropy, result.received, result.weights}) {
    EXPECT_FALSE(statistic.requires_grad());
  }
}

TEST(AttentionOperatorScale, ScaleOtherThanTheDefault) {
  OperatorProblem problem(case_of(Score::kScaledDot, {8, 2, 5, 4, 2}, PairMask::kCausal, Form::kDense, at::kDouble));
  problem.reference.in.scale = 1.7;
  const auto result = scaled_dot_attention(make_call(problem, Form::kDense).in, 1.7);
  expect_close("context", result.context, expected_allocation(problem, Form::kDense).context, 1e-14);
}

TEST(AttentionOperatorWidths, MultiplicativeKeysMayHaveAnotherWidth) {
  // A key of width 3 is one of width 5 whose last two numbers meet zeros in W.
  const OperatorProblem problem(
      case_of(Score::kMultiplicative, {5, 2, 4, 2, 1}, PairMask::kNone, Form::kPacked, at::kDouble));
  auto call = make_call(problem, Form::kPacked);
  call.parameter = call.parameter.clone();
  call.parameter.narrow(2, 3, 2).zero_();
  const auto expected = multiplicative_attention(call.in, call.parameter);
  call.in.key = call.in.key.narrow(2, 0, 3);
  const auto result = multiplicative_attention(call.in, call.parameter.narrow(2, 0, 3));
  ASSERT_GT(result.context.numel(), 0);
  expect_close("context", result.context, expected.context, 1e-14);
}

TEST(AttentionOperatorTypes, BFloat16IsNearFloat) {
  for (const auto mask : {PairMask::kPerHead, PairMask::kNone}) {
    const OperatorProblem problem(case_of(Score::kScaledDot, {8, 17, 5, 4, 2}, mask, Form::kPacked, at::kFloat));
    auto call = make_call(problem, Form::kPacked);
    const auto expected = scaled_dot_attention(call.in).context;
    for (Tensor* tensor : {&call.in.query, &call.in.key, &call.in.value}) *tensor = tensor->to(at::kBFloat16);
    const auto result = scaled_dot_attention(call.in, {}, {.wanted = kAll});
    EXPECT_EQ(result.context.scalar_type(), at::kBFloat16);
    expect_close("context", result.context, expected, 0.05);  // 8 bits: some five roundings of 1/256
  }
}

}  // namespace
}  // namespace attune::testing
