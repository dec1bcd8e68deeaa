// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/split_attention.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>

#include <limits>
#include <string>

#include "attention_checks.hpp"
#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"
#include "attune/ops/row_mean.hpp"
#include "entropy.hpp"
#include "intervention.hpp"

namespace attune {
namespace {

struct SplitSizes {
  int64_t batch, branches, width, groups;
};

int64_t length_of(const Tensor& vector, const char* argument, const char* symbolic) {
  if (vector.defined() && vector.dim() == 1) return vector.size(0);
  throw ShapeError(std::string("split attention, ") + argument + ": expected " + symbolic + ", found " +
                   (vector.defined() ? c10::str(vector.sizes()) : std::string("nothing")));
}

void check_gate(const SplitGate& gate, const Tensor& branches) {
  const int64_t hidden = length_of(gate.reduce_bias, "reduce_bias", "[E]");
  const int64_t scores = length_of(gate.expand_bias, "expand_bias", "[R * G]");
  check_shape("split attention, reduce_weight", gate.reduce_weight, "[E, W]", {hidden, branches.size(2)});
  check_shape("split attention, expand_weight", gate.expand_weight, "[R * G, E]", {scores, hidden});
  for (const auto& [name, tensor] : {std::pair{"reduce_weight", gate.reduce_weight},
                                     {"reduce_bias", gate.reduce_bias},
                                     {"expand_weight", gate.expand_weight},
                                     {"expand_bias", gate.expand_bias}}) {
    check_type(std::string("split attention, ") + name, tensor, branches, "branches");
  }
}

void check_branches(const Tensor& branches) {
  if (!branches.defined()) throw ShapeError("split attention, branches: missing, expected [N, R, W]");
  if (!at::isFloatingType(branches.scalar_type())) {
    throw TypeError(std::string("split attention, branches: expected a floating type, found ") +
                    c10::toString(branches.scalar_type()));
  }
  check_on_cpu("split attention, branches", branches);
  if (branches.dim() == 3 && branches.size(1) > 0 && branches.size(2) > 0) return;
  throw ShapeError("split attention, branches: expected [N, R, W] with R >= 1 and W >= 1, found " +
                   c10::str(branches.sizes()));
}

SplitSizes check_split(const Tensor& branches, const Tensor& offsets, const SplitGate& gate,
                       const Intervention& intervention) {
  check_branches(branches);
  check_gate(gate, branches);
  const int64_t count = branches.size(1), width = branches.size(2), scores = gate.expand_bias.size(0);
  if (scores == 0 || scores % count != 0 || width % (scores / count) != 0) {
    throw ShapeError("split attention, expand_bias: expected [R * G] with R = " + std::to_string(count) +
                     " and G dividing W = " + std::to_string(width) + ", found " + c10::str(gate.expand_bias.sizes()));
  }
  SplitSizes sizes{.batch = branches.size(0), .branches = count, .width = width, .groups = scores / count};
  if (offsets.defined()) {
    const auto rows = offsets_view(offsets, branches.size(0), "split attention, offsets");
    sizes.batch = static_cast<int64_t>(rows.size()) - 1;
  }
  if (intervention.head_gates.defined()) {
    throw UsageError("split attention, head_gates: there are no heads here; leave them out");
  }
  check_given("split attention, given weights", intervention, "[B, R, G]", {sizes.batch, sizes.branches, sizes.groups});
  return sizes;
}

/// True for rows without tokens, [B, 1, 1]; undefined when there are none.
Tensor empty_rows(const Tensor& offsets) {
  if (!offsets.defined()) return {};
  const auto empty = offsets.diff().eq(0).view({-1, 1, 1});
  return empty.any().item<bool>() ? empty : Tensor();
}

Tensor intervened(const Intervention& intervention, const Tensor& weights) {
  using Kind = Intervention::Weights;
  if (intervention.weights == Kind::kGiven) return intervention.given.to(weights.scalar_type());
  if (intervention.weights == Kind::kUniform) return at::ones(weights.sizes(), weights.options()) / weights.size(1);
  if (intervention.weights == Kind::kPermuted) {
    const auto by_branch = weights.transpose(1, 2).contiguous();  // [B, G, R]: a line is what the softmax ran over
    const auto all = at::ones(by_branch.sizes(), at::TensorOptions(at::kBool));
    const auto key_of_line = [&](int64_t line) {
      const auto row = static_cast<uint64_t>(line / by_branch.size(1)),
                 group = static_cast<uint64_t>(line % by_branch.size(1));
      return intervention.permutation.with(row).with(group);
    };
    return permute_lines(by_branch, all, key_of_line).transpose(1, 2);
  }
  return weights;
}

/// What the scores and weights say of themselves; no gradients.
void add_statistics(const Tensor& scores, const Tensor& weights, const Tensor& empty, const Wanted& wanted,
                    Allocation& out) {
  const at::NoGradGuard no_gradients;
  if (wanted.weights) out.weights = weights.detach();
  if (wanted.entropy) out.entropy = entropy_of(weights, 1);
  if (!wanted.log_sum_exp) return;
  out.log_sum_exp = at::logsumexp(scores, {1});
  if (empty.defined()) {
    out.log_sum_exp = out.log_sum_exp.masked_fill(empty.squeeze(-1), -std::numeric_limits<double>::infinity());
  }
}

}  // namespace

Allocation split_attention(const Tensor& branches, const Tensor& offsets, const SplitGate& gate, const Wanted& wanted,
                           const Intervention& intervention) {
  const auto s = check_split(branches, offsets, gate, intervention);
  const auto summed = branches.sum(1);                                                  // [N, W]
  const auto pooled = offsets.defined() ? row_mean(summed, offsets) : summed;           // [B, W]
  const auto hidden = at::linear(pooled, gate.reduce_weight, gate.reduce_bias).relu();  // [B, E]
  const auto scores = at::linear(hidden, gate.expand_weight, gate.expand_bias).view({s.batch, s.branches, s.groups});
  auto weights = intervened(intervention, at::softmax(scores, 1));  // [B, R, G]
  const auto empty = empty_rows(offsets);
  if (empty.defined()) weights = weights.masked_fill(empty, 0.0);

  auto per_token = weights;  // [N, R, G]
  if (offsets.defined()) per_token = weights.repeat_interleave(offsets.diff(), 0);
  const auto grouped = branches.unflatten(2, {s.groups, s.width / s.groups});  // [N, R, G, W/G]
  Allocation out;
  out.context = (grouped * per_token.unsqueeze(-1)).sum(1).flatten(1);  // [N, W]
  add_statistics(scores, weights, empty, wanted, out);
  return out;
}

}  // namespace attune
