// SPDX-License-Identifier: Apache-2.0
// Jain, Wallace 2019, arXiv:1902.10186, section 4.2.2 and its equation 4: divergence is maximised, and an answer that
// moves too far costs more than any divergence brings.
#include "adversary.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/xlogy.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/optim/adam.h>

#include <algorithm>
#include <limits>

namespace attune {
namespace {

constexpr double kStepSize = 0.3;  // of the weights' logarithms, the first of Adam; it shrinks to 0 over the search
/// What the search aims at of the change that is allowed, so that not every small step along the border is lost.
constexpr double kAim = 0.9;
/// What an answer costs that moves by 1 too far; a divergence is at most 0.69.
constexpr double kChangeCost = 50;
constexpr double kNoise = 2;              // of the starts, around the weights' logarithms
constexpr double kSmallestWeight = 1e-6;  // a start from 0, which a sharp softmax rounds to, would never leave it

/// [copies, H, Tq, Tk]: the logarithms of the computed weights with noise; -inf for what may not be attended to
Tensor starts_from(const Tensor& weights, const Tensor& allowed, const AdversaryOptions& options) {
  auto shape = weights.sizes().vec();
  shape.insert(shape.begin(), options.starts);
  auto noise = at::empty(shape, at::TensorOptions(at::kFloat));
  auto* out = noise.mutable_data_ptr<float>();
  for (int64_t i = 0; i < noise.numel(); ++i)
    out[i] = static_cast<float>(kNoise * options.key.normal(static_cast<uint64_t>(i)));
  return (noise + weights.clamp_min(kSmallestWeight).log())
      .masked_fill(allowed.logical_not(), -std::numeric_limits<double>::infinity());
}

/// What a person is shown: [.., H, Tq, Tk] -> [.., Tk] double
Tensor shown(const Tensor& weights) { return weights.to(at::kDouble).mean({-3, -2}); }

/// Of each copy. [copies, Tk], [Tk] -> [copies]
Tensor divergences(const Tensor& a, const Tensor& b) {
  const auto entropy = [](const Tensor& p) { return -at::xlogy(p, p.clamp_min(1e-300)).sum(-1); };
  return entropy((a + b) / 2) - (entropy(a) + entropy(b)) / 2;
}

}  // namespace

double adversarial_divergence(const SiteRerun& rerun, const AdversaryOptions& options) {
  const at::AutoGradMode with_gradients(true);
  const auto computed = rerun.weights();
  auto logarithms = starts_from(computed, rerun.allowed(), options).requires_grad_();
  torch::optim::Adam optimizer({logarithms}, torch::optim::AdamOptions(kStepSize));
  double furthest = 0;
  for (int64_t step = 0; step < options.steps; ++step) {
    const auto weights = logarithms.softmax(-1);
    const auto divergence = divergences(shown(weights), shown(computed));
    const auto change =
        rerun.change({.weights = Intervention::Weights::kGiven, .given = weights}, options.starts);  // [copies]
    for (int64_t copy = 0; copy < options.starts; ++copy) {
      if (change[copy].item<double>() <= options.most_change)
        furthest = std::max(furthest, divergence[copy].item<double>());
    }
    const auto loss = (kChangeCost * (change - kAim * options.most_change).clamp_min(0) - divergence).sum();
    const double left = 1 - static_cast<double>(step) / static_cast<double>(options.steps);
    optimizer.param_groups().front().options().set_lr(kStepSize * left);
    logarithms.mutable_grad() = torch::autograd::grad({loss}, {logarithms})[0];
    optimizer.step();
  }
  return furthest;
}

double reachable_divergence(const SiteRerun& rerun) {
  const at::NoGradGuard no_gradients;
  const auto computed = rerun.weights().to(at::kDouble).flatten(0, 1);    // [H Tq, Tk]
  const auto may = rerun.allowed().to(at::kDouble).flatten(0, 1);         // [H Tq, Tk]
  const auto others = (1 - may).t().matmul(computed) / computed.size(0);  // [Tk, Tk] of those that stay
  const auto on_one = others + may.mean(0).diag();                        // [Tk, Tk] line t: all on token t
  return divergences(on_one, computed.mean(0)).amax().item<double>();
}

}  // namespace attune
