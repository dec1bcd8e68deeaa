// SPDX-License-Identifier: Apache-2.0
#include "attune/train/optimizer.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <map>
#include <numbers>

namespace attune {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
// With fewer numbers than this, waking another thread takes longer than the update.
constexpr int64_t kWorthSharing = 200000;

}  // namespace

AdamW::AdamW(const std::vector<Parameter>& parameters, double weight_decay) {
  const at::NoGradGuard no_gradients;
  for (const auto& parameter : parameters) {
    if (!parameter.trained) {
      slots_.emplace_back();  // never has a gradient
      continue;
    }
    slots_.push_back({.value = parameter.value,
                      .mean = at::zeros_like(parameter.value),
                      .square = at::zeros_like(parameter.value),
                      .steps = at::zeros({}, at::TensorOptions(at::kFloat)),
                      .decay = parameter.decay ? weight_decay : 0.0});
    numbers_ += parameter.value.numel();
  }
}

void AdamW::step(const std::vector<Tensor>& gradients, double learning_rate, Executor& executor) {
  if (numbers_ >= kWorthSharing) {
    executor.run(static_cast<int64_t>(slots_.size()), [&](int64_t slot) {
      const auto index = static_cast<size_t>(slot);
      if (gradients[index].defined()) update({index}, gradients, learning_rate);
    });
    return;
  }
  std::map<double, std::vector<size_t>> of_decay;
  for (size_t index = 0; index < slots_.size(); ++index) {
    if (gradients[index].defined()) of_decay[slots_[index].decay].push_back(index);
  }
  for (const auto& [decay, indices] : of_decay) update(indices, gradients, learning_rate);
}

AdamW::Moments AdamW::moments() const {
  Moments moments;
  for (const auto& slot : slots_) {
    if (!slot.value.defined()) continue;
    moments.means.push_back(slot.mean);
    moments.squares.push_back(slot.square);
    moments.updates.push_back(slot.steps);
  }
  return moments;
}

void AdamW::update(const std::vector<size_t>& indices, const std::vector<Tensor>& gradients, double learning_rate) {
  const at::NoGradGuard no_gradients;
  std::vector<Tensor> values, given, means, squares, steps;
  for (const size_t index : indices) {
    auto& slot = slots_[index];
    *slot.steps.mutable_data_ptr<float>() += 1;
    values.push_back(slot.value);
    // The fused update reads gradients as they lie in memory, whatever their strides say.
    given.push_back(gradients[index].contiguous());
    means.push_back(slot.mean);
    squares.push_back(slot.square);
    steps.push_back(slot.steps);
  }
  at::_fused_adamw_(values, given, means, squares, {}, steps, learning_rate, kBeta1, kBeta2,
                    slots_[indices.front()].decay, kEpsilon, /*amsgrad=*/false, /*maximize=*/false);
}

double clip_gradients(std::vector<Tensor>& gradients, double most) {
  const at::NoGradGuard no_gradients;
  std::vector<Tensor> defined;
  for (const auto& gradient : gradients) {
    if (gradient.defined()) defined.push_back(gradient);
  }
  if (defined.empty()) return 0.0;
  double squares = 0;
  for (const auto& norm : at::_foreach_norm(defined)) squares += std::pow(norm.item<double>(), 2);
  const double norm = std::sqrt(squares);
  if (most > 0 && norm > most) {
    for (auto& gradient : defined) gradient.mul_(most / norm);
  }
  return norm;
}

double learning_rate_at(const TrainConfig& config, int64_t step, int64_t steps) {
  const double warm = config.warmup * static_cast<double>(steps);
  if (static_cast<double>(step) + 1 < warm) return config.learning_rate * static_cast<double>(step + 1) / warm;
  if (config.schedule == "constant") return config.learning_rate;
  const double share = (static_cast<double>(step) - warm) / std::max(1.0, static_cast<double>(steps) - warm);
  return config.learning_rate * 0.5 * (1.0 + std::cos(std::numbers::pi * std::max(0.0, share)));
}

}  // namespace attune
