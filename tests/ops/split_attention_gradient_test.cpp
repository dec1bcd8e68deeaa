// SPDX-License-Identifier: Apache-2.0
// Split attention's gradients by autograd, in double, against the reference's closed form and central differences.
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "central_differences.hpp"
#include "expect_close.hpp"
#include "split_call.hpp"

namespace attune::testing {
namespace {

std::vector<std::vector<double>> autograd(const SplitProblem& problem, const StridedBuffer& d_context,
                                          const Intervention& intervention) {
  const auto call = make_split_call(problem, at::kDouble, /*requires_grad=*/true);
  const auto& gate = call.gate;
  const auto context = split_attention(call.branches, call.offsets, gate, {}, intervention).context;
  const std::vector<Tensor> leaves = {call.branches, gate.reduce_weight, gate.reduce_bias, gate.expand_weight,
                                      gate.expand_bias};
  const auto gradients = torch::autograd::grad({context}, leaves, {tensor_of(d_context.values(), context.sizes())},
                                               std::nullopt, false, /*allow_unused=*/true);
  std::vector<std::vector<double>> numbers;
  for (size_t n = 0; n < leaves.size(); ++n) {
    numbers.push_back(gradients[n].defined() ? numbers_of(gradients[n]) : std::vector<double>(leaves[n].numel()));
  }
  return numbers;
}

void expect_gradients_right(SplitProblem& problem, const Intervention& intervention = {}) {
  StridedBuffer d_context(problem.offsets.back(), 1, problem.in.sizes.W);
  std::mt19937_64 random(7);
  d_context.fill([&] { return uniform(random); });
  const auto direction = d_context.values();
  const auto expected = run_split_backward(problem, d_context);
  const auto actual = autograd(problem, d_context, intervention);
  const auto loss = [&] {
    const auto context = run_split(problem).context.values();
    double sum = 0;
    for (size_t n = 0; n < context.size(); ++n) sum += context[n] * direction[n];
    return sum;
  };
  struct Part {
    const char* name;
    const StridedBuffer& expected;
    StridedBuffer& at;
  };
  const Part parts[] = {{"branches", expected.values, problem.values},
                        {"reduce_weight", expected.hidden_weight, problem.hidden_weight},
                        {"reduce_bias", expected.hidden_bias, problem.hidden_bias},
                        {"expand_weight", expected.logit_weight, problem.logit_weight},
                        {"expand_bias", expected.logit_bias, problem.logit_bias}};
  for (size_t n = 0; n < std::size(parts); ++n) {
    const auto closed_form = parts[n].expected.values();
    const std::vector<int64_t> shape = {static_cast<int64_t>(closed_form.size())};
    expect_close(parts[n].name, tensor_of(actual[n], shape), tensor_of(closed_form, shape), 1e-12);
    expect_central_differences(parts[n].name, actual[n], parts[n].at.places(), loss);
  }
}

TEST(SplitAttentionOperatorGradient, AgreesWithClosedFormAndCentralDifferences) {
  for (const SplitCase& c : split_cases()) {
    SCOPED_TRACE(name_of(c));
    SplitProblem problem(c);
    expect_gradients_right(problem);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(SplitAttentionOperatorGradient, GivenWeightsLeaveOnlyTheBranchesToLearn) {
  SplitProblem problem({.R = 4, .W = 8, .G = 2, .lengths = {3, 0, 2}});
  problem.in.given_weights = problem.given_weights.data();
  expect_gradients_right(problem, {.weights = Intervention::Weights::kGiven,
                                   .given = tensor_of(problem.given_weights.values(), {3, 4, 2})});
}

}  // namespace
}  // namespace attune::testing
