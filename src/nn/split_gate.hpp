// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/core/error.hpp"
#include "attune/nn/forward_context.hpp"
#include "attune/nn/parameters.hpp"
#include "attune/nn/specs.hpp"
#include "attune/ops/split_attention.hpp"

namespace attune {

/// Split attention with its gate's parameters at one site; shared by the block's mixer and the pool.
class GatedSplit {
 public:
  GatedSplit(const AttentionSpec& spec, int64_t branches, int64_t width, const ParameterScope& scope)
      : site_(scope.name()) {
    if (width % spec.groups != 0) {
      throw UsageError(site_ + ", field \"groups\": expected a divisor of the width " + std::to_string(width) +
                       ", found " + std::to_string(spec.groups));
    }
    gate_ = {.reduce_weight = scope.add("reduce.weight", {spec.gate_width, width}, Init::kXavier),
             .reduce_bias = scope.add("reduce.bias", {spec.gate_width}, Init::kZeros),
             .expand_weight = scope.add("expand.weight", {branches * spec.groups, spec.gate_width}, Init::kXavier),
             .expand_bias = scope.add("expand.bias", {branches * spec.groups}, Init::kZeros)};
  }

  /// branches [N, R, W] of rows `offsets` (undefined: every token a row) -> [N, W]
  [[nodiscard]] Tensor operator()(const Tensor& branches, const Tensor& offsets, const ForwardContext& context) const {
    const auto allocation =
        split_attention(branches, offsets, gate_, context.wanted_at(site_), context.intervention_at(site_));
    context.observe(site_, allocation);
    return allocation.context;
  }

 private:
  std::string site_;
  SplitGate gate_;
};

}  // namespace attune
