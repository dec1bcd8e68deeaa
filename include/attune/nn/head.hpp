// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attune/nn/forward_context.hpp"
#include "attune/nn/parameters.hpp"
#include "attune/nn/pool.hpp"
#include "attune/nn/specs.hpp"
#include "attune/nn/tokens.hpp"

namespace attune {

/// What the backbone hands to the heads. The pooled vector is made when a head first asks for it. Not thread-safe: it
/// belongs to one forward pass, and refers to the network and the context, which must outlive it.
class Hidden {
 public:
  Hidden(Tokens tokens, const Pool& pool, const ForwardContext& context)
      : tokens_(std::move(tokens)), pool_(&pool), context_(&context) {}
  [[nodiscard]] const Tokens& tokens() const { return tokens_; }
  [[nodiscard]] const Tensor& pooled() const;  ///< [B, W]

 private:
  Tokens tokens_;
  const Pool* pool_;
  const ForwardContext* context_;
  mutable Tensor pooled_;
};

/// What a head is trained towards.
struct HeadTarget {
  Tensor values;  ///< class: [B] int64, -1 for a row without a known class (no loss); value: [B] floating
  Tensor
      weights;  ///< [B] floating: each row's share of the loss, normalised over the whole batch before it was sharded
};

/// Hidden state to scores, and scores to a loss. Immutable; thread-safe.
class Head {
 public:
  virtual ~Head() = default;
  /// class: logits [B, C]; value: [B, 1].
  [[nodiscard]] virtual Tensor forward(const Hidden& hidden, const ForwardContext& context) const = 0;
  /// The weighted sum over rows, a scalar. @throws ShapeError, TypeError; UsageError for a class out of range.
  [[nodiscard]] virtual Tensor loss(const Tensor& scores, const HeadTarget& target) const = 0;
};

[[nodiscard]] std::vector<std::string> head_kinds();

/// @throws UsageError for an unknown kind (nearest suggested).
[[nodiscard]] std::unique_ptr<const Head> make_head(const HeadSpec& spec, int64_t width, const ParameterScope& scope);

}  // namespace attune
