// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "attune/allocate/allocation_step.hpp"
#include "sample_groups.hpp"

namespace attune {
namespace {

using testing::drawn_groups;

struct Case {
  int64_t items, key_width, value_width;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> cases = {{1, 1, 1}, {1, 3, 2}, {2, 1, 1}, {5, 2, 2}, {17, 4, 3}, {64, 9, 5}};
  return cases;
}

torch::Tensor tensor(std::span<const double> numbers, at::IntArrayRef shape) {
  return torch::tensor(std::vector<double>(numbers.begin(), numbers.end()), torch::kFloat64).reshape(shape);
}

void expect_equal(const std::string& name, const std::vector<double>& found, const torch::Tensor& expected) {
  ASSERT_EQ(static_cast<int64_t>(found.size()), expected.numel()) << name;
  const auto difference =
      (tensor(found, {expected.numel()}) - expected.detach().reshape({-1})).abs().max().item<double>();
  EXPECT_LT(difference, 1e-13) << name;
}

/// LibTorch's own operations, one after the other, and its own way backwards.
struct Autograd {
  torch::Tensor weights, bias, items, context, loss;

  Autograd(const ItemGroup& group, const AllocationParameters& parameters, AllocationLoss kind) {
    const auto columns = parameters.score_columns();
    weights = tensor(parameters.weights, {group.key_width, columns}).requires_grad_();
    bias = torch::tensor(parameters.bias, torch::kFloat64).requires_grad_();
    const auto x = tensor(group.features, {group.items(), group.key_width});  // [T, K]
    const auto v = tensor(group.values, {group.items(), group.value_width});  // [T, V]
    const auto scores = parameters.score == ItemScore::kScaledDot
                            ? x.matmul(weights) / std::sqrt(static_cast<double>(group.key_width))
                            : torch::tanh(x.matmul(weights) + bias);  // [T, C]
    items = scores.softmax(0);
    context = (items * v).sum(0);  // [V]
    loss = kind == AllocationLoss::kMeanSquaredError
               ? torch::mse_loss(context, tensor(group.target, {group.value_width}))
               : torch::cross_entropy_loss(context.unsqueeze(0), torch::tensor({group.target_class}));
    loss.backward();
  }
};

void expect_same(const Case& shape, ItemScore score, AllocationLoss loss) {
  const auto groups = drawn_groups({shape.items}, shape.key_width, shape.value_width, loss, 11);
  const auto parameters = draw_parameters(score, shape.key_width, shape.value_width, -0.2, 1.5, 5);
  AllocationPass pass;
  AllocationGradient gradient;
  add_group_gradient(groups.group(0), parameters, loss, pass, gradient);
  const Autograd expected(groups.group(0), parameters, loss);
  expect_equal("weights of items", pass.weights, expected.items);
  expect_equal("context", pass.context, expected.context);
  expect_equal("loss", {pass.loss}, expected.loss);
  expect_equal("gradient", gradient.weights, expected.weights.grad());
  if (score == ItemScore::kAdditive) expect_equal("gradient of b_a", {gradient.bias}, expected.bias.grad());
}

TEST(AllocationGradient, MeetsAutograd) {
  for (const auto& shape : cases()) {
    for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
      for (const auto loss : {AllocationLoss::kMeanSquaredError, AllocationLoss::kCrossEntropy}) {
        SCOPED_TRACE(item_score_name(score) + (loss == AllocationLoss::kCrossEntropy ? " classes " : " numbers ") +
                     std::to_string(shape.items) + " items");
        expect_same(shape, score, loss);
      }
    }
  }
}

}  // namespace
}  // namespace attune
