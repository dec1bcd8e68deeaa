// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "attune/nn/forward_context.hpp"
#include "attune/nn/layers.hpp"
#include "attune/nn/mixer.hpp"
#include "attune/nn/specs.hpp"

namespace attune {

/// Attention and feed-forward, each optional, with normalisation before and a residual around (Xiong et al. 2020,
/// arXiv:2002.04745, "pre-norm").
class Block {
 public:
  Block(const BlockSpec& spec, int64_t width, const ParameterScope& scope);
  [[nodiscard]] Tokens operator()(Tokens tokens, const ForwardContext& context) const;

 private:
  [[nodiscard]] Tensor add(const Tensor& input, const Tensor& output) const;

  BlockSpec spec_;
  std::string name_;
  std::unique_ptr<const Mixer> mixer_;
  std::optional<Linear> expand_, contract_;
  std::optional<LayerNorm> mixer_norm_, feed_forward_norm_;
};

/// Embedded tokens to hidden tokens: dropout, an optional convolution over the row, 0 to N blocks, an optional norm.
class Backbone {
 public:
  Backbone(const BackboneSpec& spec, const std::vector<BlockSpec>& blocks, Parameters& parameters);
  [[nodiscard]] Tokens operator()(Tokens tokens, const ForwardContext& context) const;

 private:
  BackboneSpec spec_;
  std::optional<Linear> convolution_;
  std::vector<Block> blocks_;
  std::optional<LayerNorm> final_norm_;
};

}  // namespace attune
