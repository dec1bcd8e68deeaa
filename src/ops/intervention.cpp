// SPDX-License-Identifier: Apache-2.0
#include "intervention.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>

#include <vector>

namespace attune {
namespace {

Tensor uniform_weights(const Tensor& weights, const Tensor& allowed) {
  const auto share = allowed.to(weights.scalar_type());             // [B, H, Tq, Tk]
  return share / share.sum(-1, /*keepdim=*/true).clamp_min(1.0);    // nothing allowed: all 0
}

}  // namespace

Tensor permute_lines(const Tensor& weights, const Tensor& allowed_any, RandomKey permutation) {
  const auto from = weights.detach().to(at::kDouble).contiguous();
  const auto allowed = allowed_any.contiguous();
  auto to = from.clone();
  const int64_t length = from.size(-1), lines = length == 0 ? 0 : from.numel() / length;
  const auto* source = from.const_data_ptr<double>();
  const auto* may = allowed.const_data_ptr<bool>();
  auto* target = to.mutable_data_ptr<double>();
  std::vector<int64_t> places, order;
  for (int64_t line = 0; line < lines; ++line) {
    places.clear();
    for (int64_t j = 0; j < length; ++j) {
      if (may[line * length + j]) places.push_back(line * length + j);
    }
    order.resize(places.size());
    permutation.with(static_cast<uint64_t>(line)).permutation(order);
    for (size_t i = 0; i < places.size(); ++i) target[places[i]] = source[places[static_cast<size_t>(order[i])]];
  }
  return to.to(weights.scalar_type());
}

Tensor intervene(const Intervention& intervention, const Tensor& weights, const Tensor& allowed,
                 const AttentionSizes& s) {
  using Kind = Intervention::Weights;
  if (intervention.weights == Kind::kComputed) return weights;
  if (intervention.weights == Kind::kGiven) return intervention.given.to(weights.scalar_type());
  auto may = allowed.defined() ? allowed : at::ones({1, 1, 1, 1}, at::TensorOptions(at::kBool));
  may = may.expand({s.batch, s.heads, s.longest_query, s.longest_key});
  if (intervention.weights == Kind::kUniform) return uniform_weights(weights, may);
  return permute_lines(weights, may, intervention.permutation);
}

}  // namespace attune
