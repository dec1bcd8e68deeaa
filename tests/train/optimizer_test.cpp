// SPDX-License-Identifier: Apache-2.0
#include "attune/train/optimizer.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "attune/core/random.hpp"
#include "attune/ops/threads.hpp"

namespace attune {
namespace {

Tensor drawn(const std::string& name, const std::vector<int64_t>& shape, double deviation = 1.0) {
  auto tensor = at::zeros(shape, at::TensorOptions(at::kFloat));
  auto* values = tensor.mutable_data_ptr<float>();
  const auto key = RandomKey(11).with(name);
  for (int64_t i = 0; i < tensor.numel(); ++i)
    values[i] = static_cast<float>(deviation * key.normal(static_cast<uint64_t>(i)));
  return tensor;
}

double joint_norm(const std::vector<Tensor>& gradients) {
  double squares = 0;
  for (const auto& gradient : gradients) {
    if (gradient.defined()) squares += gradient.to(at::kDouble).square().sum().item<double>();
  }
  return std::sqrt(squares);
}

TEST(AdamW, LeavesParametersWithoutGradient) {
  const std::vector<Parameter> parameters = {{"a", drawn("a", {3, 4}), true}, {"b", drawn("b", {5}), true}};
  const auto a = parameters[0].value.clone(), b = parameters[1].value.clone();
  AdamW optimizer(parameters, 0.1);
  const auto executor = make_executor(1);
  for (int step = 0; step < 3; ++step) optimizer.step({Tensor(), drawn("g", {5})}, 0.01, *executor);
  EXPECT_TRUE(parameters[0].value.equal(a)) << "not even by weight decay";
  EXPECT_FALSE(parameters[1].value.equal(b));
}

/// The step size counts the updates a parameter had, not the steps that were made.
TEST(AdamW, BeginsWithAParametersFirstGradient) {
  const std::vector<Parameter> early = {{"a", at::ones({4}), true}}, late = {{"a", at::ones({4}), true}};
  AdamW first(early, 0.1), second(late, 0.1);
  const auto executor = make_executor(1);
  second.step({Tensor()}, 0.01, *executor);
  first.step({drawn("g", {4})}, 0.01, *executor);
  second.step({drawn("g", {4})}, 0.01, *executor);
  EXPECT_TRUE(early[0].value.equal(late[0].value));
}

TEST(AdamW, ReadsGradientsOfAnyStrides) {
  const std::vector<Parameter> straight = {{"a", drawn("a", {3, 5}), true}}, turned = {{"a", drawn("a", {3, 5}), true}};
  const auto gradient = drawn("g", {5, 3});
  AdamW first(straight, 0.1), second(turned, 0.1);
  const auto executor = make_executor(1);
  first.step({gradient.t().contiguous()}, 0.01, *executor);
  second.step({gradient.t()}, 0.01, *executor);
  EXPECT_TRUE(straight[0].value.equal(turned[0].value));
}

TEST(AdamW, IsTheSameForEveryNumberOfThreads) {
  std::vector<Tensor> results;
  for (const int threads : {1, 2, 5}) {
    const std::vector<Parameter> parameters = {
        {"a", drawn("a", {401, 301}), true}, {"b", drawn("b", {7, 20011}), true}, {"c", drawn("c", {13}), false}};
    AdamW optimizer(parameters, 0.1);
    const auto executor = make_executor(threads);
    for (int step = 0; step < 3; ++step) {
      optimizer.step({drawn("ga", {401, 301}), drawn("gb", {7, 20011}), drawn("gc", {13})}, 0.01, *executor);
    }
    for (const auto& parameter : parameters) results.push_back(parameter.value);
  }
  for (size_t i = 3; i < results.size(); ++i) EXPECT_TRUE(results[i].equal(results[i % 3])) << i;
}

TEST(ClipGradients, ScalesToTheNormAsked) {
  std::vector<Tensor> gradients = {drawn("a", {10, 7}), Tensor(), drawn("b", {1}), drawn("c", {300})};
  const std::vector<Tensor> before = {gradients[0].clone(), Tensor(), gradients[2].clone(), gradients[3].clone()};
  const double norm = joint_norm(before);
  ASSERT_GT(norm, 2.5);
  EXPECT_NEAR(clip_gradients(gradients, 2.5), norm, 1e-5 * norm);
  EXPECT_NEAR(joint_norm(gradients), 2.5, 1e-5);
  for (const size_t g : {0U, 2U, 3U}) {
    EXPECT_LT((gradients[g] - before[g] * (2.5 / norm)).abs().max().item<double>(), 1e-6);
  }
  EXPECT_FALSE(gradients[1].defined());
}

TEST(ClipGradients, LeavesWhatIsBelow) {
  for (const double most : {1e6, 0.0}) {
    std::vector<Tensor> gradients = {drawn("a", {10, 7}), drawn("b", {3})};
    const auto before = gradients[0].clone();
    EXPECT_NEAR(clip_gradients(gradients, most), joint_norm(gradients), 1e-4);
    EXPECT_TRUE(gradients[0].equal(before)) << most;
  }
}

TEST(ClipGradients, TellsWhatIsNotFinite) {
  for (const double odd :
       {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    for (const double most : {0.0, 1.0}) {
      std::vector<Tensor> gradients = {at::ones({3}), at::ones({2, 2})};
      gradients[1][1][0] = odd;
      EXPECT_FALSE(std::isfinite(clip_gradients(gradients, most))) << odd;
    }
  }
}

TEST(ClipGradients, TakesNoGradientAtAll) {
  std::vector<Tensor> none, undefined = {Tensor(), Tensor()};
  EXPECT_EQ(clip_gradients(none, 1.0), 0.0);
  EXPECT_EQ(clip_gradients(undefined, 1.0), 0.0);
}

TrainConfig rate(double warmup, const std::string& schedule = "cosine") {
  return {.learning_rate = 0.5, .warmup = warmup, .schedule = schedule};
}

TEST(LearningRate, RisesInALineToItsPeak) {
  for (const char* schedule : {"cosine", "constant"}) {
    for (int64_t step = 0; step < 10; ++step) {
      EXPECT_NEAR(learning_rate_at(rate(0.1, schedule), step, 100), 0.05 * static_cast<double>(step + 1), 1e-12)
          << step;
    }
  }
}

TEST(LearningRate, FallsByACosine) {
  // From the peak at step 10 over 90 steps: half way down after 45, all but down at the last.
  EXPECT_NEAR(learning_rate_at(rate(0.1), 10, 100), 0.5, 1e-12);
  EXPECT_NEAR(learning_rate_at(rate(0.1), 55, 100), 0.25, 1e-12);
  EXPECT_NEAR(learning_rate_at(rate(0.1), 40, 100), 0.25 * (1 + std::cos(std::numbers::pi / 3)), 1e-12);
  const double last = learning_rate_at(rate(0.1), 99, 100);
  EXPECT_GT(last, 0.0);
  EXPECT_LT(last, 0.001);
  for (int64_t step = 10; step < 99; ++step) {
    EXPECT_GT(learning_rate_at(rate(0.1), step, 100), learning_rate_at(rate(0.1), step + 1, 100));
  }
}

TEST(LearningRate, StaysWhereItIsConstant) {
  for (int64_t step = 9; step < 100; ++step) EXPECT_EQ(learning_rate_at(rate(0.1, "constant"), step, 100), 0.5);
  for (int64_t step = 0; step < 100; ++step) EXPECT_EQ(learning_rate_at(rate(0.0, "constant"), step, 100), 0.5);
}

TEST(LearningRate, WithoutWarmUpBeginsAtItsPeak) {
  EXPECT_EQ(learning_rate_at(rate(0.0), 0, 10), 0.5);
  EXPECT_EQ(learning_rate_at(rate(0.0), 0, 1), 0.5);
  EXPECT_NEAR(learning_rate_at(rate(0.0), 5, 10), 0.25, 1e-12);
}

TEST(LearningRate, OfNothingButWarmUpEndsAtItsPeak) {
  EXPECT_NEAR(learning_rate_at(rate(1.0), 0, 10), 0.05, 1e-12);
  EXPECT_NEAR(learning_rate_at(rate(1.0), 4, 10), 0.25, 1e-12);
  EXPECT_NEAR(learning_rate_at(rate(1.0), 9, 10), 0.5, 1e-12);
  EXPECT_NEAR(learning_rate_at(rate(1.0), 0, 1), 0.5, 1e-12);
}

}  // namespace
}  // namespace attune
