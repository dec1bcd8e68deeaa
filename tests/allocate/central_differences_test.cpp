// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "attune/allocate/allocation_step.hpp"
#include "kernels/central_differences.hpp"
#include "sample_groups.hpp"

namespace attune {
namespace {

using testing::drawn_groups;
using testing::expect_central_differences;

struct Case {
  std::vector<int64_t> sizes;
  int64_t key_width, value_width;
  double deviation;  // of the parameters: large ones bend tanh and softmax
};

const std::vector<Case>& cases() {
  static const std::vector<Case> cases = {
      {{1}, 1, 1, 0.5},     {{1, 1}, 3, 2, 0.5}, {{2}, 1, 1, 0.5},        {{5}, 2, 2, 0.5},
      {{3, 1, 7}, 4, 3, 1}, {{17}, 1, 5, 2},     {{40, 2, 9}, 8, 2, 2.5}, {{97}, 12, 1, 0.1},
  };
  return cases;
}

double loss_of(const ItemGroups& groups, const AllocationParameters& parameters, AllocationLoss loss) {
  AllocationPass pass;
  double sum = 0;
  for (int64_t g = 0; g < groups.groups(); ++g) {
    measure_group(groups.group(g), parameters, loss, pass);
    sum += pass.loss;
  }
  return sum;
}

void expect_gradients(const Case& shape, ItemScore score, AllocationLoss loss) {
  const auto groups = drawn_groups(shape.sizes, shape.key_width, shape.value_width, loss, 7);
  auto parameters = draw_parameters(score, shape.key_width, shape.value_width, 0.1, shape.deviation, 3);
  AllocationPass pass;
  AllocationGradient gradient;
  for (int64_t g = 0; g < groups.groups(); ++g) add_group_gradient(groups.group(g), parameters, loss, pass, gradient);
  std::vector<double*> places;
  for (double& weight : parameters.weights) places.push_back(&weight);
  const auto measure = [&] { return loss_of(groups, parameters, loss); };
  expect_central_differences("weights", gradient.weights, places, measure);
  if (score == ItemScore::kAdditive) expect_central_differences("bias", {gradient.bias}, {&parameters.bias}, measure);
}

TEST(AllocationGradient, MeetsCentralDifferences) {
  for (const auto& shape : cases()) {
    for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
      for (const auto loss : {AllocationLoss::kMeanSquaredError, AllocationLoss::kCrossEntropy}) {
        SCOPED_TRACE(item_score_name(score) + (loss == AllocationLoss::kCrossEntropy ? " classes " : " numbers ") +
                     std::to_string(shape.sizes.front()) + " items, " + std::to_string(shape.key_width) +
                     " features, " + std::to_string(shape.value_width) + " values");
        expect_gradients(shape, score, loss);
      }
    }
  }
}

}  // namespace
}  // namespace attune
