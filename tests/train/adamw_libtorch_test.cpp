// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <torch/optim/adamw.h>
#include <torch/types.h>

#include "attune/ops/threads.hpp"
#include "attune/train/optimizer.hpp"

namespace attune {
namespace {

TEST(AdamWAgainstLibTorch, MovesWeightsAlikeForTwentySteps) {
  torch::manual_seed(7);
  const std::vector<std::vector<int64_t>> shapes = {{17, 9}, {33}, {4, 3, 5}, {1}};
  const double decay = 0.3;
  std::vector<Parameter> ours;
  std::vector<torch::Tensor> decayed, others;
  for (const auto& shape : shapes) {
    const auto value = torch::randn(shape);
    const bool decays = shape.size() > 1;
    ours.push_back({"p" + std::to_string(ours.size()), value.clone(), decays});
    (decays ? decayed : others).push_back(value.clone().set_requires_grad(true));
  }
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(decayed,
                      std::make_unique<torch::optim::AdamWOptions>(torch::optim::AdamWOptions().weight_decay(decay)));
  groups.emplace_back(others,
                      std::make_unique<torch::optim::AdamWOptions>(torch::optim::AdamWOptions().weight_decay(0)));
  torch::optim::AdamW theirs(groups);
  AdamW optimizer(ours, decay);
  const auto executor = make_executor(1);

  for (int step = 0; step < 20; ++step) {
    const double rate = 0.02 / (1 + step);
    for (auto& group : theirs.param_groups()) static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate);
    std::vector<Tensor> gradients;
    size_t next_decayed = 0, next_other = 0;
    for (const auto& shape : shapes) {
      gradients.push_back(torch::randn(shape) * (step % 5 == 0 ? 10.0 : 0.1));
      auto& theirs_value = shape.size() > 1 ? decayed[next_decayed++] : others[next_other++];
      theirs_value.mutable_grad() = gradients.back().clone();
    }
    theirs.step();
    optimizer.step(gradients, rate, *executor);
    next_decayed = next_other = 0;
    for (size_t p = 0; p < shapes.size(); ++p) {
      const auto& expected = shapes[p].size() > 1 ? decayed[next_decayed++] : others[next_other++];
      const auto difference = (ours[p].value - expected.detach()).abs().max().item<double>();
      ASSERT_LT(difference, 2e-6) << "step " << step << ", parameter " << p;
    }
  }
}

}  // namespace
}  // namespace attune
