// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/nn/backbone.hpp"
#include "attune/nn/embedder.hpp"
#include "attune/nn/head.hpp"
#include "attune/nn/pool.hpp"

namespace attune {

/// A network built from its description:
///
///     {"width": 64, "embedding_dropout": 0.1, "convolution": 3, "final_norm": true,
///      "inputs": [{"kind": "ids", "vocabulary": 2913, ..}, ..],
///      "blocks": [{"attention": true, .., "allocation": {"mechanism": "scaled_dot", ..}}, ..],
///      "pool": {"kind": "attention", "allocation": {..}},
///      "heads": [{"kind": "class", "classes": 2, ..}, ..]}
///
/// Parameters are fixed by (description, source). forward() is const and thread-safe: every thread may run its own
/// shard.
class Network {
 public:
  /// @throws UsageError naming the part and the field that is unknown, out of range or without meaning.
  Network(Json description, ParameterSource source);

  /// One input per embedder, all with the same rows; their tokens are concatenated per row. `select` removes tokens
  /// here, between embedding and backbone, so that those that stay keep their positions.
  /// @throws ShapeError, TypeError, UsageError naming the input.
  [[nodiscard]] Tokens embed(const std::vector<NetworkInput>& inputs, const ForwardContext& context) const;

  /// The hidden state of embedded tokens, or of inputs.
  [[nodiscard]] Hidden hidden(Tokens tokens, const ForwardContext& context) const;
  [[nodiscard]] Hidden hidden(const std::vector<NetworkInput>& inputs, const ForwardContext& context) const;

  /// The hidden state whose tokens these are, as they came out of a backbone.
  [[nodiscard]] Hidden hidden_of(Tokens out_of_backbone, const ForwardContext& context) const;

  /// [N, W]: what training makes of embedded tokens where it masks them (`token_mask`): 0, with several inputs the
  /// vector that tells which one. What is explained as absence is thus not new to a network so trained.
  /// @param tokens with origins
  [[nodiscard]] Tensor masked(const Tokens& tokens) const;

  /// As Pool::parts(), of tokens that came out of the backbone.
  [[nodiscard]] Tensor pool_parts(const Tokens& out_of_backbone, const ForwardContext& context) const;

  /// The scores of every head.
  [[nodiscard]] std::vector<Tensor> forward(const std::vector<NetworkInput>& inputs,
                                            const ForwardContext& context) const;

  [[nodiscard]] const Head& head(size_t index) const { return *heads_[index]; }
  [[nodiscard]] size_t heads() const { return heads_.size(); }
  [[nodiscard]] const Parameters& parameters() const { return parameters_; }
  [[nodiscard]] const Json& description() const { return description_; }
  /// The paths of the attention calls, in the order in which they happen.
  [[nodiscard]] const std::vector<std::string>& sites() const { return sites_; }

 private:
  Json description_;
  Parameters parameters_;
  std::vector<std::unique_ptr<const Embedder>> embedders_;
  Tensor input_vectors_;  // [inputs, W], only with several inputs
  std::unique_ptr<const Backbone> backbone_;
  std::unique_ptr<const Pool> pool_;
  std::vector<std::unique_ptr<const Head>> heads_;
  std::vector<std::string> sites_;
};

}  // namespace attune
