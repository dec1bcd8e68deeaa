// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/split_attention.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/xlogy.h>

#include <string>

#include "attention_checks.hpp"
#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"
#include "intervention.hpp"

namespace attune {
namespace {

struct SplitSizes {
  int64_t batch, branches, width, groups;
};

SplitSizes check_split(const Tensor& branches, const Tensor& offsets, const SplitGate& gate, const Intervention& intervention) {
  if (branches.dim() != 3) throw ShapeError("split attention, branches: expected [N, R, W], found " + c10::str(branches.sizes()));
  const int64_t count = branches.size(1), width = branches.size(2);
  const int64_t batch = offsets.defined() ? static_cast<int64_t>(offsets_view(offsets, branches.size(0)).size()) - 1 : branches.size(0);
  const int64_t hidden = gate.reduce_bias.size(0), scores = gate.expand_bias.size(0);
  check_shape("split attention, reduce_weight", gate.reduce_weight, "[E, W]", {hidden, width});
  check_shape("split attention, expand_weight", gate.expand_weight, "[R * G, E]", {scores, hidden});
  if (count == 0 || scores % count != 0 || scores == 0 || width % (scores / count) != 0) {
    throw ShapeError("split attention, expand_bias: expected [R * G] with R = " + std::to_string(count) +
                     " and G dividing W = " + std::to_string(width) + ", found " + c10::str(gate.expand_bias.sizes()));
  }
  if (intervention.head_gates.defined()) throw UsageError("split attention has no heads; head_gates cannot be given");
  return {batch, count, width, scores / count};
}

/// [N, W] -> [B, W], the mean over each row's tokens (0 for a row without any).
Tensor row_means(const Tensor& tokens, const Tensor& offsets) {
  if (!offsets.defined()) return tokens;
  const auto counts = offsets.diff().clamp_min(1).to(tokens.scalar_type()).unsqueeze(-1);  // [B, 1]
  return pad_rows(tokens, offsets).sum(1) / counts;
}

Tensor intervened(const Intervention& intervention, const Tensor& weights) {
  using Kind = Intervention::Weights;
  if (intervention.weights == Kind::kGiven) {
    check_shape("given weights", intervention.given, "[B, R, G]", weights.sizes());
    return intervention.given.to(weights.scalar_type());
  }
  if (intervention.weights == Kind::kUniform) return at::ones(weights.sizes(), weights.options()) / weights.size(1);
  if (intervention.weights == Kind::kPermuted) {
    const auto by_branch = weights.transpose(1, 2).contiguous();  // [B, G, R]: a line is what the softmax ran over
    const auto all = at::ones(by_branch.sizes(), at::TensorOptions(at::kBool));
    return permute_lines(by_branch, all, intervention.permutation).transpose(1, 2);
  }
  return weights;
}

}  // namespace

Allocation split_attention(const Tensor& branches, const Tensor& offsets, const SplitGate& gate, const Wanted& wanted,
                           const Intervention& intervention) {
  const auto s = check_split(branches, offsets, gate, intervention);
  const auto pooled = row_means(branches.sum(1), offsets);                                          // [B, W]
  const auto hidden = at::linear(pooled, gate.reduce_weight, gate.reduce_bias).relu();              // [B, E]
  const auto scores = at::linear(hidden, gate.expand_weight, gate.expand_bias).view({s.batch, s.branches, s.groups});
  const auto weights = intervened(intervention, at::softmax(scores, 1));                            // [B, R, G]

  auto per_token = weights;                                                                         // [N, R, G]
  if (offsets.defined()) per_token = weights.repeat_interleave(offsets.diff(), 0);
  const auto grouped = branches.view({-1, s.branches, s.groups, s.width / s.groups});               // [N, R, G, W/G]
  Allocation out;
  out.context = (grouped * per_token.unsqueeze(-1)).sum(1).view({-1, s.width});                     // [N, W]
  const at::NoGradGuard no_gradients;
  if (wanted.weights) out.weights = weights.detach();
  if (wanted.log_sum_exp) out.log_sum_exp = at::logsumexp(scores, {1});
  if (wanted.entropy) out.entropy = at::xlogy(weights, weights).sum(1).neg();
  return out;
}

}  // namespace attune
