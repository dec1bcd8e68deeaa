// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attune/nn/forward_context.hpp"
#include "attune/nn/parameters.hpp"
#include "attune/nn/specs.hpp"
#include "attune/nn/tokens.hpp"

namespace attune {

/// Tokens to one vector per row, [N, W] -> [B, W]. A row without tokens gives 0.
class Pool {
 public:
  virtual ~Pool() = default;
  [[nodiscard]] virtual Tensor operator()(const Tokens& tokens, const ForwardContext& context) const = 0;
  /// [N, W]: what each token adds to its row's vector, which is their sum and, of an attention pool, the output's bias.
  /// Undefined for a pool that is no weighted sum of tokens (max, split).
  [[nodiscard]] virtual Tensor parts(const Tokens& tokens, const ForwardContext& context) const = 0;
};

[[nodiscard]] std::vector<std::string> pool_kinds();

/// @throws UsageError for an unknown kind (nearest suggested).
[[nodiscard]] std::unique_ptr<const Pool> make_pool(const PoolSpec& spec, int64_t width, const ParameterScope& scope);

}  // namespace attune
