// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attune/core/fields.hpp"
#include "attune/features/feature.hpp"

namespace attune {

/// The choices that make a network, as a person states them; 0 means "derived", as said at each. The defaults suit a
/// table of some thousand short rows.
struct ModelConfig {
  int64_t width = 96;
  int64_t convolution = 3;
  std::string positions = "none";
  std::string vectors = "";     ///< a file of pretrained word vectors; empty: none
  bool vectors_frozen = false;  ///< they stay as the file has them

  int64_t blocks = 1;
  std::string mechanism = "scaled_dot";
  int64_t heads = 4;
  int64_t key_width = 0;  ///< width / heads
  bool projections = true;
  bool causal = false;
  std::vector<int64_t> reaches = {1, 3, 5};
  int64_t groups = 1;
  bool attention = true;
  bool feed_forward = true;
  int64_t feed_forward_width = 0;  ///< 2 * width
  std::string activation = "gelu";
  bool norm = true;
  bool residual = true;

  std::string pool = "attention";
  std::string pool_mechanism = "additive";
  int64_t pool_heads = 1;

  std::vector<int64_t> dense = {};
  std::string dense_activation = "relu";

  double dropout = 0.5;
  double attention_dropout = 0.0;
  double token_mask = 0.2;
  double unknown_rate = 0.2;
  double label_smoothing = 0.1;
  std::string value_loss = "squared";
  bool linear = true;

  void visit_fields(FieldVisitor& v);
};

/// The description of the network (attune/nn/network.hpp) for fitted features.
/// @throws UsageError for combinations without meaning: heads that do not divide the width, dense layers without units
/// ..
[[nodiscard]] Json design_network(const ModelConfig& config,
                                  const std::vector<std::shared_ptr<const InputFeature>>& inputs,
                                  const std::vector<std::shared_ptr<const OutputFeature>>& outputs);

}  // namespace attune
