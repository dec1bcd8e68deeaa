// SPDX-License-Identifier: Apache-2.0
#include "gradient_path.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/autograd.h>

#include "answer_gradient.hpp"
#include "methods.hpp"
#include "row_copies.hpp"

namespace attune {
namespace {

/// [S, 1, 1]
Tensor shares_of(std::span<const PathPoint> points) {
  auto shares = at::empty({std::ssize(points), 1, 1}, at::TensorOptions(at::kFloat));
  auto* out = shares.mutable_data_ptr<float>();
  for (const auto& point : points) *out++ = static_cast<float>(point.share);
  return shares;
}

/// Adds weight * value of each token, of all points in their order. @param by_point [S, T]
void add_weighted(const Tensor& by_point, std::span<const PathPoint> points, std::vector<double>& values) {
  const auto numbers = by_point.to(at::kDouble).contiguous();
  const auto* next = numbers.const_data_ptr<double>();
  for (const auto& point : points) {
    for (auto& value : values) value += point.weight * *next++;
  }
}

}  // namespace

GradientPath::GradientPath(const Subject& subject) : subject_(subject), linear_(subject) {
  const at::NoGradGuard no_gradients;
  masked_ = subject.model().network().masked(subject.embedded());
  way_ = subject.embedded().values - masked_;
}

Tokens GradientPath::tokens_at(std::span<const PathPoint> points) const {
  auto tokens =
      row_copies({.values = masked_, .offsets = subject_.embedded().offsets, .origins = {}}, std::ssize(points));
  const auto moved = shares_of(points) * way_;  // [S, T, W]
  tokens.values = tokens.values + moved.view(tokens.values.sizes());
  return tokens;
}

Attribution GradientPath::sum(std::span<const PathPoint> points) const {
  const auto& network = subject_.model().network();
  const auto context = subject_.model().forward_context();
  const at::AutoGradMode with_gradients(true);
  auto tokens = tokens_at(points);
  tokens.values = tokens.values.detach().requires_grad_();
  const auto logits = network.head(subject_.question().output).forward(network.hidden(tokens, context), context);
  std::vector<std::vector<double>> opinions;
  for (const auto& point : points) opinions.push_back(linear_.log_probabilities(point.share));
  const auto answer = answer_gradient(subject_, logits, opinions);
  const auto gradient = torch::autograd::grad({logits}, {tokens.values}, {answer.by_logits})[0];  // [S * T, W]

  const at::NoGradGuard no_gradients;
  Attribution part;
  part.values.assign(subject_.tokens().size(), 0);
  const auto by_token = gradient.view({std::ssize(points), way_.size(0), way_.size(1)}) * way_;
  add_weighted(by_token.sum(-1), points, part.values);
  for (size_t s = 0; s < points.size(); ++s)
    linear_.add_slopes(points[s].share, points[s].weight, answer.by_pooled[s], part);
  return part;
}

void GradientPath::add(std::span<const PathPoint> points, const MethodControl& control,
                       Attribution& attribution) const {
  const auto at_once = rows_at_once(std::ssize(subject_.tokens()));
  const auto chunks = (std::ssize(points) + at_once - 1) / at_once;
  std::vector<Attribution> parts(static_cast<size_t>(chunks));
  control.executor.run(chunks, [&](int64_t chunk) {
    if (chunk > 0) check_stop(control.should_stop);
    const auto begin = static_cast<size_t>(chunk * at_once);
    const auto count = std::min<size_t>(static_cast<size_t>(at_once), points.size() - begin);
    parts[static_cast<size_t>(chunk)] = sum(points.subspan(begin, count));
  });
  attribution.values.resize(subject_.tokens().size(), 0);
  for (const auto& part : parts) {
    for (size_t t = 0; t < part.values.size(); ++t) attribution.values[t] += part.values[t];
    attribution.elsewhere += part.elsewhere;
  }
  attribution.forward_passes += std::ssize(points);
  attribution.backward_passes += std::ssize(points);
}

double GradientPath::score(double share) const {
  const at::NoGradGuard no_gradients;
  const auto& network = subject_.model().network();
  const auto context = subject_.model().forward_context();
  const PathPoint point{.share = share};
  const auto hidden = network.hidden(tokens_at({&point, 1}), context);
  const auto logits = network.head(subject_.question().output).forward(hidden, context);
  return answer_gradient(subject_, logits, {linear_.log_probabilities(share)}).scores.front();
}

}  // namespace attune
