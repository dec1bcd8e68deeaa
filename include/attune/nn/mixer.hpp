// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "attune/nn/forward_context.hpp"
#include "attune/nn/parameters.hpp"
#include "attune/nn/specs.hpp"
#include "attune/nn/tokens.hpp"

namespace attune {

/// The allocating part of a block: tokens in, as many vectors [N, W] out.
class Mixer {
 public:
  virtual ~Mixer() = default;
  [[nodiscard]] virtual Tensor operator()(const Tokens& tokens, const ForwardContext& context) const = 0;
};

/// Self-attention for a position-allocating mechanism; for `split`, split attention among convolutions of different
/// reach.
[[nodiscard]] std::unique_ptr<const Mixer> make_mixer(const AttentionSpec& spec, int64_t width,
                                                      const ParameterScope& scope);

/// The names allowed for AttentionSpec::mechanism: `mechanisms()` and split.
[[nodiscard]] std::vector<std::string> allocation_names();

}  // namespace attune
