// SPDX-License-Identifier: Apache-2.0
#include "intervention.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>

#include <vector>

#include "dropout_multipliers.hpp"

namespace attune {
namespace {

Tensor given_weights(const Tensor& given, const Tensor& weights, const Tensor& allowed) {
  const auto taken = given.to(weights.scalar_type());
  return allowed.defined() ? taken.masked_fill(allowed.logical_not(), 0.0) : taken;
}

Tensor uniform_weights(const Tensor& weights, const Tensor& allowed) {
  const auto share = allowed.to(weights.scalar_type());           // [B, H, Tq, Tk]
  return share / share.sum(-1, /*keepdim=*/true).clamp_min(1.0);  // nothing allowed: all 0
}

/// By row id, head and place of the query alone, whatever else stands in the batch.
Tensor permuted_weights(const AttentionOptions& options, const Tensor& weights, const Tensor& allowed,
                        const AttentionSizes& s) {
  const auto ids = row_numbers(options.dropout.row_ids, s.batch);
  return permute_lines(weights, allowed, [&](int64_t line) {
    const int64_t query = line % s.longest_query, head = line / s.longest_query % s.heads;
    const auto row = static_cast<uint64_t>(ids[line / s.longest_query / s.heads]);
    return options.intervention.permutation.with(row)
        .with(static_cast<uint64_t>(head))
        .with(static_cast<uint64_t>(query));
  });
}

}  // namespace

Tensor permute_lines(const Tensor& weights, const Tensor& allowed_any,
                     const std::function<RandomKey(int64_t line)>& key_of_line) {
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
    key_of_line(line).permutation(order);
    for (size_t i = 0; i < places.size(); ++i) target[places[i]] = source[places[static_cast<size_t>(order[i])]];
  }
  return to.to(weights.scalar_type());
}

Tensor intervene(const AttentionOptions& options, const Tensor& weights, const Tensor& allowed,
                 const AttentionSizes& s) {
  using Kind = Intervention::Weights;
  const auto& intervention = options.intervention;
  if (intervention.weights == Kind::kComputed) return weights;
  if (intervention.weights == Kind::kGiven) return given_weights(intervention.given, weights, allowed);
  auto may = allowed.defined() ? allowed : at::ones({1, 1, 1, 1}, at::TensorOptions(at::kBool));
  may = may.expand({s.batch, s.heads, s.longest_query, s.longest_key});
  if (intervention.weights == Kind::kUniform) return uniform_weights(weights, may);
  return permuted_weights(options, weights, may, s);
}

}  // namespace attune
