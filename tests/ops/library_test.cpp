// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/library.hpp"

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <gmock/gmock.h>
#include <torch/csrc/autograd/autograd.h>

#include "attune/core/error.hpp"
#include "operator_problem.hpp"
#include "thrown_message.hpp"

namespace attune::testing {
namespace {

using reference::Score;

std::string operator_name(Score score) {
  switch (score) {
    case Score::kAdditive:
      return "attune::additive_attention";
    case Score::kDot:
      return "attune::dot_attention";
    case Score::kMultiplicative:
      return "attune::multiplicative_attention";
    case Score::kScaledDot:
      return "attune::scaled_dot_attention";
  }
  return "";
}

/// As a script calls it: (context, log_sum_exp).
std::vector<Tensor> call_by_name(Score score, const OperatorCall& call, const std::string& kernels = "automatic") {
  const auto op = c10::Dispatcher::singleton().findSchemaOrThrow(operator_name(score).c_str(), "");
  torch::jit::Stack stack = {call.in.query, call.in.key, call.in.value};
  if (call.parameter.defined()) stack.emplace_back(call.parameter);
  if (score == Score::kScaledDot) stack.emplace_back();
  for (const auto& tensor : {call.in.query_offsets, call.in.key_offsets, call.in.mask})
    stack.push_back(tensor.defined() ? c10::IValue(tensor) : c10::IValue());
  stack.insert(stack.end(), {c10::IValue(call.in.causal), c10::IValue(0.0), c10::IValue(0), c10::IValue(kernels)});
  op.callBoxed(stack);
  return {stack.at(0).toTensor(), stack.at(1).toTensor()};
}

TEST(Library, HasTheOperatorsByName) {
  register_operators();
  for (const Score score : kScores) {
    SCOPED_TRACE(name_of(score));
    for (const PairMask mask : {PairMask::kCausal, PairMask::kPerHead}) {
      const OperatorProblem problem({.score = score,
                                     .H = 2,
                                     .D = 3,
                                     .Dv = 2,
                                     .query_lengths = {3, 2},
                                     .key_lengths = {4, 5},
                                     .mask = mask,
                                     .type = at::kFloat});
      const auto call = make_call(problem, Form::kPacked, /*requires_grad=*/true);
      const auto expected = allocate(score, call, {.wanted = {.log_sum_exp = true}});
      const auto found = call_by_name(score, call);
      EXPECT_TRUE(found[0].equal(expected.context));
      EXPECT_TRUE(found[1].equal(expected.log_sum_exp));
      const auto by_name = torch::autograd::grad({found[0].sum()}, {call.in.query});
      const auto direct = torch::autograd::grad({expected.context.sum()}, {call.in.query});
      EXPECT_TRUE(by_name[0].equal(direct[0]));
      EXPECT_FALSE(found[1].requires_grad());
    }
  }
}

TEST(Library, ChoosesKernelsByName) {
  const OperatorProblem problem({.query_lengths = {2}, .key_lengths = {2}});  // float64
  const auto call = make_call(problem, Form::kDense);
  EXPECT_NO_THROW((void)call_by_name(Score::kScaledDot, call, "composed"));
  EXPECT_THROW((void)call_by_name(Score::kScaledDot, call, "fused"), UsageError);
  EXPECT_THROW((void)call_by_name(Score::kScaledDot, call, "fastest"), UsageError);
}

TEST(Library, RefusesAutocastWhereFusedKernelsCompute) {
  const OperatorProblem problem({.query_lengths = {2}, .key_lengths = {2}, .type = at::kFloat});
  const auto call = make_call(problem, Form::kDense);
  at::autocast::set_autocast_enabled(at::kCPU, true);
  const auto message = thrown_message<UsageError>([&] { (void)call_by_name(Score::kScaledDot, call); });
  EXPECT_NO_THROW((void)call_by_name(Score::kScaledDot, call, "composed"));
  at::autocast::set_autocast_enabled(at::kCPU, false);
  EXPECT_THAT(message, ::testing::HasSubstr("takes no part in autocast"));
}

}  // namespace
}  // namespace attune::testing
