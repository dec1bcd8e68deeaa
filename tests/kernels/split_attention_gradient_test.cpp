// SPDX-License-Identifier: Apache-2.0
// The closed-form gradients of split attention against central differences of the forward pass.
#include <gmock/gmock.h>

#include "attention_problem.hpp"
#include "central_differences.hpp"
#include "split_problem.hpp"

namespace attune::testing {
namespace {

using ::testing::Each;

StridedBuffer random_like_context(const SplitProblem& p) {
  StridedBuffer d_context(p.offsets.back(), 1, p.in.sizes.W, Layout::kGapped);
  std::mt19937_64 random(11);
  d_context.fill([&] { return uniform(random); });
  return d_context;
}

/// The hidden unit nearest to the relu's corner, over all rows: central differences have no meaning across it.
double distance_from_corner(const SplitProblem& p) {
  const auto& [B, R, W, G, hidden] = p.in.sizes;
  double nearest = 1;
  for (int64_t b = 0; b < B; ++b) {
    const auto T = static_cast<double>(p.offsets[b + 1] - p.offsets[b]);
    for (int64_t z = 0; z < hidden && T > 0; ++z) {
      double unit = p.hidden_bias.at(z);
      for (int64_t i = p.offsets[b]; i < p.offsets[b + 1]; ++i) {
        for (int64_t r = 0; r < R; ++r) {
          for (int64_t w = 0; w < W; ++w) unit += p.hidden_weight.at(z, 0, w) * p.values.at(i, r, w) / T;
        }
      }
      nearest = std::min(nearest, std::abs(unit));
    }
  }
  return nearest;
}

void expect_gradients_right(SplitProblem& p) {
  ASSERT_GT(distance_from_corner(p), 1e-3);
  const StridedBuffer d_context = random_like_context(p);
  const std::vector<double> direction = d_context.values();
  const auto loss = [&] {
    const std::vector<double> context = run_split(p).context.values();
    double sum = 0;
    for (size_t n = 0; n < context.size(); ++n) sum += context[n] * direction[n];
    return sum;
  };
  const SplitGradientResult gradients = run_split_backward(p, d_context);
  expect_central_differences("values", gradients.values.values(), p.values.places(), loss);
  expect_central_differences("hidden_weight", gradients.hidden_weight.values(), p.hidden_weight.places(), loss);
  expect_central_differences("hidden_bias", gradients.hidden_bias.values(), p.hidden_bias.places(), loss);
  expect_central_differences("logit_weight", gradients.logit_weight.values(), p.logit_weight.places(), loss);
  expect_central_differences("logit_bias", gradients.logit_bias.values(), p.logit_bias.places(), loss);
}

TEST(SplitAttentionGradient, AgreesWithCentralDifferences) {
  for (const int64_t R : {1, 2, 3}) {
    for (const auto& [W, G] : {std::pair<int64_t, int64_t>{1, 1}, {6, 1}, {6, 3}, {6, 6}}) {
      for (const auto& lengths : {std::vector<int64_t>{1}, {2, 0, 5}, {0, 9, 1}}) {
        SCOPED_TRACE("R " + std::to_string(R) + " W " + std::to_string(W) + " G " + std::to_string(G) + " rows " +
                     std::to_string(lengths.size()));
        SplitProblem problem({.R = R, .W = W, .G = G, .hidden = 4, .lengths = lengths, .layout = Layout::kHeadsFirst});
        expect_gradients_right(problem);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(SplitAttentionGradient, TheGateIsLearned) {
  const SplitProblem problem({.R = 3, .W = 6, .G = 3, .hidden = 4, .lengths = {2, 5}});
  const SplitGradientResult gradients = run_split_backward(problem, random_like_context(problem));
  for (const StridedBuffer* buffer : {&gradients.hidden_weight, &gradients.hidden_bias, &gradients.logit_weight}) {
    double greatest = 0;
    for (const double number : buffer->values()) greatest = std::max(greatest, std::abs(number));
    EXPECT_GT(greatest, 1e-3);
  }
}

TEST(SplitAttentionGradient, GivenWeightsLeaveTheGateAlone) {
  SplitProblem problem({.R = 3, .W = 6, .G = 3, .hidden = 4, .lengths = {2, 0, 5}});
  problem.in.given_weights = problem.given_weights.data();
  expect_gradients_right(problem);
  const SplitGradientResult gradients = run_split_backward(problem, random_like_context(problem));
  EXPECT_THAT(gradients.hidden_weight.values(), Each(0));
  EXPECT_THAT(gradients.logit_bias.values(), Each(0));
}

}  // namespace
}  // namespace attune::testing
