// SPDX-License-Identifier: Apache-2.0
#include "attune/train/optimizer.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
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
    slots_.push_back({.value = parameter.value,
                      .mean = at::zeros_like(parameter.value),
                      .square = at::zeros_like(parameter.value),
                      .steps = at::zeros({}, at::TensorOptions(at::kFloat)),
                      .decay = parameter.decay ? weight_decay : 0.0});
    numbers_ += parameter.value.numel();
  }
}

void AdamW::step(const std::vector<Tensor>& gradients, double learning_rate, Executor& executor) {
  const auto update = [&](int64_t index) {
    const auto& gradient = gradients[static_cast<size_t>(index)];
    if (!gradient.defined()) return;
    const at::NoGradGuard no_gradients;
    auto& slot = slots_[static_cast<size_t>(index)];
    slot.steps.add_(1);
    // The fused update reads gradients as they lie in memory, whatever their strides say.
    at::_fused_adamw_({slot.value}, {gradient.contiguous()}, {slot.mean}, {slot.square}, {}, {slot.steps},
                      learning_rate, kBeta1, kBeta2, slot.decay, kEpsilon, /*amsgrad=*/false, /*maximize=*/false);
  };
  const auto count = static_cast<int64_t>(slots_.size());
  if (numbers_ < kWorthSharing) {
    for (int64_t index = 0; index < count; ++index) update(index);
  } else {
    executor.run(count, update);
  }
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
