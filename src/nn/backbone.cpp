// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/backbone.hpp"

#include <ATen/TensorOperators.h>

#include "attune/core/error.hpp"
#include "attune/ops/neighbours.hpp"

namespace attune {

Block::Block(const BlockSpec& spec, int64_t width, const ParameterScope& scope) : spec_(spec), name_(scope.name()) {
  if (spec.attention) {
    if (spec.norm) mixer_norm_.emplace(scope.in("self_norm"), width);
    mixer_ = make_mixer(spec.allocation, width, scope.in("self"));
  }
  if (spec.feed_forward) {
    if (spec.norm) feed_forward_norm_.emplace(scope.in("feed_forward_norm"), width);
    expand_.emplace(scope.in("expand"), width, spec.feed_forward_width);
    contract_.emplace(scope.in("contract"), spec.feed_forward_width, width);
  }
}

Tensor Block::add(const Tensor& input, const Tensor& output) const { return spec_.residual ? input + output : output; }

Tokens Block::operator()(Tokens tokens, const ForwardContext& context) const {
  if (mixer_ != nullptr) {
    auto normed = tokens;
    if (mixer_norm_) normed.values = (*mixer_norm_)(tokens.values);
    const auto mixed =
        dropout((*mixer_)(normed, context), tokens.offsets, spec_.dropout, context, name_ + ".self_dropout");
    tokens.values = add(tokens.values, mixed);
  }
  if (expand_) {
    const auto normed = feed_forward_norm_ ? (*feed_forward_norm_)(tokens.values) : tokens.values;
    const auto fed = (*contract_)(activate(spec_.activation, (*expand_)(normed)));
    tokens.values =
        add(tokens.values, dropout(fed, tokens.offsets, spec_.dropout, context, name_ + ".feed_forward_dropout"));
  }
  return tokens;
}

Backbone::Backbone(const BackboneSpec& spec, const std::vector<BlockSpec>& blocks, Parameters& parameters)
    : spec_(spec) {
  if (spec.convolution != 0 && spec.convolution % 2 == 0) {
    throw UsageError("convolution: expected an odd number of tokens or 0, found " + std::to_string(spec.convolution));
  }
  if (spec.convolution > 0)
    convolution_.emplace(ParameterScope(parameters, "convolution"), spec.convolution * spec.width, spec.width);
  for (size_t i = 0; i < blocks.size(); ++i) {
    blocks_.emplace_back(blocks[i], spec.width, ParameterScope(parameters, "block." + std::to_string(i)));
  }
  if (spec.final_norm) final_norm_.emplace(ParameterScope(parameters, "final_norm"), spec.width);
}

Tokens Backbone::operator()(Tokens tokens, const ForwardContext& context) const {
  tokens.values = dropout(tokens.values, tokens.offsets, spec_.embedding_dropout, context, "embedding_dropout");
  if (convolution_) {
    const auto neighbours = gather_neighbours(tokens.values, tokens.offsets, spec_.convolution);  // [N, reach * W]
    tokens.values = tokens.values + activate("gelu", (*convolution_)(neighbours));
  }
  for (const auto& block : blocks_) tokens = block(std::move(tokens), context);
  if (final_norm_) tokens.values = (*final_norm_)(tokens.values);
  return tokens;
}

}  // namespace attune
