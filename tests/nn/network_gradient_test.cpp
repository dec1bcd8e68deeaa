// SPDX-License-Identifier: Apache-2.0
// Gradients of whole networks in double against central differences, for every mechanism in block and pool.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>

#include "attune/nn/mixer.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

struct Case {
  std::string mechanism;
  bool training;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.mechanism << (c.training ? ", training" : ""); }

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& mechanism : allocation_names()) {
    for (const bool training : {false, true}) all.push_back({mechanism, training});
  }
  return all;
}

/// Everything with a gradient of its own: positions, convolution, both norms, two heads; smooth everywhere but for max,
/// which the split pool takes and whose ties the stirred parameters leave far apart.
NetworkPlan full_plan(const Case& c) {
  NetworkPlan plan;
  plan.backbone = {.width = 8, .embedding_dropout = 0.2, .convolution = 3, .final_norm = true};
  plan.ids[0].positions = "learned";
  plan.ids[0].longest = 3;
  plan.ids[0].token_mask = 0.1;
  plan.ids[0].unknown_rate = 0.1;
  plan.ids[0].vector_width = 5;
  plan.scalars[0].token_mask = 0.1;
  plan.blocks = {NetworkPlan::small_block(c.mechanism), NetworkPlan::small_block(c.mechanism)};
  for (auto& block : plan.blocks) block.dropout = block.allocation.dropout = 0.2;
  plan.pool.allocation = NetworkPlan::small_attention(c.mechanism);
  plan.pool.allocation.dropout = 0.2;
  plan.heads[0] = {.classes = 3, .hidden = {4}, .activation = "tanh", .dropout = 0.2, .label_smoothing = 0.1};
  plan.heads.push_back({.kind = "value", .activation = "tanh"});
  return plan;
}

class NetworkGradient : public ::testing::TestWithParam<Case> {
 protected:
  Tensor loss() const {
    const auto scores = network_.forward(inputs_, context_);
    return network_.head(0).loss(scores[0], {whole_numbers({2, 0, -1, 1, 1}), numbers({0.1, 0.4, 0.1, 0.3, 0.1})}) +
           network_.head(1).loss(scores[1], {numbers({0.3, -1.0, 2.0, 0.5, 0.1}), numbers({0.2, 0.2, 0.2, 0.3, 0.1})});
  }

  /// By how much the loss changes with one number of a parameter.
  double central_difference(double& number) const {
    const at::NoGradGuard no_gradients;
    constexpr double kStep = 1e-5;
    const double before = number;
    number = before + kStep;
    const auto above = loss().item<double>();
    number = before - kStep;
    const auto below = loss().item<double>();
    number = before;
    return (above - below) / (2.0 * kStep);
  }

  const NetworkPlan plan_ = full_plan(GetParam());
  const Network network_ = build(plan_, 7);
  const std::vector<NetworkInput> inputs_ = encode_rows(plan_, {0, 1, 2, 3, 4});
  const ForwardContext context_ = {.training = GetParam().training, .random = RandomKey(5)};
};
INSTANTIATE_TEST_SUITE_P(All, NetworkGradient, ::testing::ValuesIn(cases()), [](const auto& test) {
  return test.param.mechanism + (test.param.training ? "_training" : "");
});

/// First, last and largest: places where a gradient is likely to be wrong, and one where it is surely not 0.
std::vector<int64_t> sampled_places(const Tensor& gradient) {
  return {0, gradient.numel() - 1, gradient.abs().flatten().argmax().item<int64_t>()};
}

TEST_P(NetworkGradient, AgreesWithCentralDifferences) {
  const auto& parameters = network_.parameters();
  const auto gradients = torch::autograd::grad({loss()}, parameters.values());
  ASSERT_GT(gradients.size(), 20U);
  int64_t compared = 0;
  for (size_t p = 0; p < gradients.size(); ++p) {
    const auto& parameter = parameters.all()[p];
    const auto gradient = gradients[p].contiguous();
    const auto* slope = gradient.const_data_ptr<double>();
    const double largest = gradient.abs().max().item<double>();
    for (const int64_t place : sampled_places(gradient)) {
      const double measured = central_difference(parameter.value.mutable_data_ptr<double>()[place]);
      // Relative to the tensor's largest: a difference of two losses near 1 knows its small slopes to 1e-11 only.
      EXPECT_NEAR(slope[place], measured, 1e-5 * largest + 1e-9) << parameter.name << " [" << place << "]";
      compared += std::abs(measured) > 1e-6;
    }
  }
  EXPECT_GT(compared, static_cast<int64_t>(gradients.size())) << "too many slopes are 0 to say anything";
}

}  // namespace
}  // namespace attune
