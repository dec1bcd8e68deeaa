// SPDX-License-Identifier: Apache-2.0
// The fused kernels behind the operators: the same results as composed operations, one derivative, and refusals with
// their reasons.
#include <ATen/TensorOperators.h>
#include <ATen/autocast_mode.h>
#include <gmock/gmock.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <array>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "expect_close.hpp"
#include "operator_problem.hpp"
#include "thrown_message.hpp"

namespace attune::testing {
namespace {

using reference::Score;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

OperatorCase float_case(Score score, PairMask mask = PairMask::kNone) {
  return {.score = score,
          .H = 4,
          .Hkv = 2,
          .D = 5,
          .Dv = 3,
          .query_lengths = {6, 6},
          .key_lengths = {9, 9},
          .mask = mask,
          .type = at::kFloat};
}

AttentionOptions by(Kernels kernels) {
  return {.wanted = {.log_sum_exp = true, .entropy = true, .received = true}, .kernels = kernels};
}

class FusedAttention : public ::testing::TestWithParam<std::tuple<Score, PairMask, Form>> {
 protected:
  Score score() const { return std::get<0>(GetParam()); }
  PairMask mask() const { return std::get<1>(GetParam()); }
  Form form() const { return std::get<2>(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(All, FusedAttention,
                         ::testing::Combine(::testing::ValuesIn(kScores), ::testing::ValuesIn(kPairMasks),
                                            ::testing::ValuesIn(kForms)),
                         [](const auto& test) {
                           return name_of(std::get<0>(test.param)) + name_of(std::get<1>(test.param)) +
                                  name_of(std::get<2>(test.param));
                         });

/// What two float32 ways to the same numbers of size 1 may differ by.
constexpr double kTolerance = 1e-5;

TEST_P(FusedAttention, AgreesWithTheReference) {
  const OperatorProblem problem(float_case(score(), mask()));
  const auto expected = expected_allocation(problem, form());
  const auto found = allocate(score(), make_call(problem, form()), by(Kernels::kFused));
  ASSERT_GT(found.context.numel(), 0);
  expect_close("context", found.context, expected.context, kTolerance);
  expect_close("log_sum_exp", found.log_sum_exp, expected.log_sum_exp, kTolerance);
  expect_close("entropy", found.entropy, expected.entropy, kTolerance);
  expect_close("received", found.received, expected.received, kTolerance);
}

TEST_P(FusedAttention, HasTheGradientsOfTheComposition) {
  const OperatorProblem problem(float_case(score(), mask()));
  const auto gradients_by = [&](Kernels kernels) {
    const auto call = make_call(problem, form(), /*requires_grad=*/true);
    const auto context = allocate(score(), call, by(kernels)).context;
    const auto d_context = random_tensor(context.sizes(), 7, at::kFloat);
    return gradients_of(call, context, d_context);
  };
  const auto expected = gradients_by(Kernels::kComposed), found = gradients_by(Kernels::kFused);
  expect_close("d_query", found.query, expected.query, kTolerance);
  expect_close("d_key", found.key, expected.key, kTolerance);
  expect_close("d_value", found.value, expected.value, kTolerance);
  if (expected.parameter.defined()) expect_close("d_parameter", found.parameter, expected.parameter, 2 * kTolerance);
}

TEST(FusedAttentionChoice, DrawsTheSameDropoutAsTheComposition) {
  for (const Score score : kScores) {
    SCOPED_TRACE(name_of(score));
    const OperatorProblem problem(float_case(score));
    const auto context_by = [&](Kernels kernels) {
      auto options = by(kernels);
      options.dropout = {.rate = 0.4, .key = RandomKey(3), .row_ids = offsets_tensor({5}).flip(0)};  // rows 5 and 0
      return allocate(score, make_call(problem, Form::kPacked), options).context;
    };
    expect_close("context", context_by(Kernels::kFused), context_by(Kernels::kComposed).to(at::kDouble), kTolerance);
  }
}

TEST(FusedAttentionChoice, ScalesHeadsByTheirGates) {
  const OperatorProblem problem(float_case(Score::kScaledDot));
  for (const Form form : {Form::kPacked, Form::kDense}) {
    const auto context_by = [&](Kernels kernels) {
      auto options = by(kernels);
      options.intervention.head_gates = tensor_of({0, 1, 0.5, -2}, {4});
      return allocate(Score::kScaledDot, make_call(problem, form), options).context;
    };
    expect_close("context", context_by(Kernels::kFused), context_by(Kernels::kComposed).to(at::kDouble), kTolerance);
  }
}

TEST(FusedAttentionChoice, GivesTheSameBitsByAnyExecutor) {
  auto c = float_case(Score::kAdditive);
  c.query_lengths = {300, 1, 0, 40}, c.key_lengths = {700, 3, 2, 40};
  const OperatorProblem problem(c);
  const auto results_by = [&](Executor* executor) {
    const auto call = make_call(problem, Form::kPacked, /*requires_grad=*/true);
    auto options = by(Kernels::kFused);
    options.executor = executor;
    const auto context = allocate(c.score, call, options).context;
    const auto gradients = gradients_of(call, context, random_tensor(context.sizes(), 7, at::kFloat));
    return std::vector<Tensor>{context, gradients.query, gradients.key, gradients.value, gradients.parameter};
  };
  const auto expected = results_by(nullptr);
  for (const int threads : {1, 2, 5}) {
    const auto executor = make_executor(threads);
    const auto found = results_by(executor.get());
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_TRUE(found[i].equal(expected[i])) << threads << ", " << i;
  }
}

TEST(FusedAttentionChoice, SaysWhyNot) {
  const OperatorProblem problem(float_case(Score::kDot));
  const auto call = make_call(problem, Form::kPacked);
  EXPECT_THAT(fused_kernel_refusals(call.in), IsEmpty());
  auto in_double = call.in;
  in_double.query = in_double.query.to(at::kDouble);
  AttentionOptions options{.wanted = {.received = true, .weights = true}};
  options.intervention.weights = Intervention::Weights::kUniform;
  EXPECT_THAT(fused_kernel_refusals(in_double, options),
              ElementsAre("the numbers are not float32", "an intervention sets the weights", "all weights are wanted"));
  options = {.wanted = {.weights = true}, .kernels = Kernels::kFused};
  EXPECT_EQ(thrown_message<UsageError>([&] { (void)dot_attention(call.in, options); }),
            "attention by fused kernels was asked for, but all weights are wanted; leave the choice open with "
            "Kernels::kAutomatic");
  options.kernels = Kernels::kAutomatic;
  EXPECT_TRUE(dot_attention(call.in, options).weights.defined());
}

TEST(FusedAttentionChoice, RefusesASecondDerivative) {
  const OperatorProblem problem(float_case(Score::kScaledDot));
  const auto second = [&](Kernels kernels) {
    const auto call = make_call(problem, Form::kDense, /*requires_grad=*/true);
    const auto context = allocate(Score::kScaledDot, call, by(kernels)).context;
    const auto first = torch::autograd::grad({context.square().sum()}, {call.in.query}, {}, /*retain_graph=*/true,
                                             /*create_graph=*/true);
    return torch::autograd::grad({first[0].square().sum()}, {call.in.key});
  };
  EXPECT_EQ(second(Kernels::kComposed).size(), 1U);
  EXPECT_THAT(thrown_message<UsageError>([&] { (void)second(Kernels::kFused); }),
              HasSubstr("has no second derivative; choose Kernels::kComposed (--kernels composed)"));
}

/// Whatever alone wants a gradient; that of a sum is the same for every context, and still hangs on what made it.
TEST(FusedAttentionChoice, RefusesASecondDerivativeThroughAnyInputAlone) {
  const OperatorProblem problem(float_case(Score::kAdditive));
  for (const int input : {0, 1, 2, 3}) {
    SCOPED_TRACE(input);
    auto call = make_call(problem, Form::kDense);
    const std::array<Tensor*, 4> inputs = {&call.in.query, &call.in.key, &call.in.value, &call.parameter};
    auto& alone = *inputs.at(static_cast<size_t>(input));
    alone = alone.detach().clone().requires_grad_(true);
    const auto context = allocate(Score::kAdditive, call, by(Kernels::kFused)).context;
    const auto first =
        torch::autograd::grad({context.sum()}, {alone}, {}, /*retain_graph=*/true, /*create_graph=*/true);
    EXPECT_THAT(thrown_message<UsageError>(
                    [&] { (void)torch::autograd::grad({first[0].square().sum() + alone.sum()}, {alone}); }),
                HasSubstr("has no second derivative"));
  }
}

TEST(FusedAttentionChoice, ComposesVectorsWithoutNumbers) {
  const auto query = at::ones({1, 2, 6, 3}), value = at::ones({1, 2, 6, 0});
  const auto call = AttentionInputs{.query = query, .key = query, .value = value};
  EXPECT_EQ(scaled_dot_attention(call).context.sizes(), (std::vector<int64_t>{1, 2, 6, 0}));
  EXPECT_THAT(fused_kernel_refusals(call), ElementsAre("a width is 0"));
}

TEST(FusedAttentionChoice, RefusesSizesWhoseProductDoesNotFit) {
  const auto many = at::ones({1, 1, 1, 1}).expand({1, 1, int64_t{1} << 47, 4});
  for (const Kernels kernels : {Kernels::kAutomatic, Kernels::kComposed}) {
    const auto message = thrown_message<ShapeError>(
        [&] { (void)dot_attention({.query = many, .key = many, .value = many}, by(kernels)); });
    EXPECT_THAT(message, HasSubstr("expected at most 281474976710656 numbers, found"));
  }
}

TEST(FusedAttentionChoice, RefusesAutocast) {
  const OperatorProblem problem(float_case(Score::kScaledDot));
  const auto call = make_call(problem, Form::kDense);
  at::autocast::set_autocast_enabled(at::kCPU, true);
  const auto message = thrown_message<UsageError>([&] { (void)scaled_dot_attention(call.in); });
  at::autocast::set_autocast_enabled(at::kCPU, false);
  EXPECT_THAT(message, HasSubstr("takes no part in autocast; leave autocast for it"));
}

TEST(FusedAttentionChoice, TakesNothingAtAll) {
  for (const Score score : kScores) {
    for (const auto& [queries, keys] : {std::pair<std::vector<int64_t>, std::vector<int64_t>>{{}, {}},
                                        {{0, 0}, {0, 0}},
                                        {{2, 2}, {0, 0}},
                                        {{0, 0}, {3, 3}}}) {
      auto c = float_case(score);
      c.query_lengths = queries, c.key_lengths = keys;
      const OperatorProblem problem(c);
      for (const Form form : {Form::kPacked, Form::kDense}) {
        const auto call = make_call(problem, form, /*requires_grad=*/true);
        const auto context = allocate(score, call, by(Kernels::kFused)).context;
        EXPECT_TRUE(context.eq(0).all().item<bool>());
        const auto gradients = gradients_of(call, context, context.detach() + 1);
        for (const auto& gradient : {gradients.query, gradients.key, gradients.value})
          EXPECT_TRUE(gradient.eq(0).all().item<bool>());
      }
    }
  }
}

}  // namespace
}  // namespace attune::testing
