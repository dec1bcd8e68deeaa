// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "attune/model/model_config.hpp"
#include "attune/model/model_options.hpp"
#include "attune/nn/specs.hpp"

namespace attune {
namespace {

AttentionSpec attention_spec(const ModelConfig& config, const std::string& mechanism, int64_t heads) {
  const int64_t key_width = config.key_width > 0 ? config.key_width : std::max<int64_t>(1, config.width / heads);
  return {.mechanism = mechanism,
          .heads = heads,
          .key_width = key_width,
          .value_width = key_width,
          .projections = config.projections,
          .dropout = config.attention_dropout,
          .reaches = config.reaches,
          .groups = config.groups,
          .gate_width = std::max<int64_t>(8, config.width / 4)};
}

AttentionSpec block_attention(const ModelConfig& config) {
  auto spec = attention_spec(config, config.mechanism, config.heads);
  spec.causal = config.causal;
  return spec;
}

Json describe_block(const ModelConfig& config) {
  BlockSpec spec{.attention = config.attention,
                 .feed_forward = config.feed_forward,
                 .feed_forward_width = config.feed_forward_width > 0 ? config.feed_forward_width : 2 * config.width,
                 .activation = config.activation,
                 .norm = config.norm,
                 .residual = config.residual,
                 .dropout = config.dropout,
                 .allocation = {}};
  if (config.attention) spec.allocation = block_attention(config);
  auto json = to_json(spec);
  json["allocation"] = to_json(spec.allocation);
  return json;
}

Json describe_pool(const ModelConfig& config) {
  PoolSpec spec{.kind = config.pool, .allocation = {}};
  // A pool's learned query lives in a space of its own, so it always has projections.
  if (config.pool == "attention") {
    spec.allocation = attention_spec(config, config.pool_mechanism, config.pool_heads);
    spec.allocation.projections = true;
  }
  auto json = to_json(spec);
  json["allocation"] = to_json(spec.allocation);
  return json;
}

Json describe_input(const ModelConfig& config, const InputFeature& feature) {
  auto json = feature.embedder();
  json["token_mask"] = config.token_mask;
  if (json.at("kind") == "ids") {
    json["unknown_rate"] = config.unknown_rate;
    json["positions"] = config.positions;
  }
  return json;
}

Json describe_head(const ModelConfig& config, const OutputFeature& feature) {
  const auto wanted = feature.head();
  HeadSpec spec{.kind = wanted.at("kind"),
                .classes = wanted.value("classes", int64_t{1}),
                .hidden = config.dense,
                .activation = config.dense_activation,
                .dropout = config.dropout,
                .label_smoothing = config.label_smoothing,
                .loss = config.value_loss};
  return to_json(spec);
}

}  // namespace

Json design_network(const ModelConfig& config, const std::vector<std::shared_ptr<const InputFeature>>& inputs,
                    const std::vector<std::shared_ptr<const OutputFeature>>& outputs) {
  check_model_options(config);
  const BackboneSpec backbone{.width = config.width,
                              .embedding_dropout = config.dropout,
                              .convolution = config.convolution,
                              .final_norm = config.norm && config.blocks > 0};
  auto description = to_json(backbone);
  description["inputs"] = Json::array();
  for (const auto& input : inputs) description["inputs"].push_back(describe_input(config, *input));
  description["blocks"] = Json::array();
  for (int64_t i = 0; i < config.blocks; ++i) description["blocks"].push_back(describe_block(config));
  description["pool"] = describe_pool(config);
  description["heads"] = Json::array();
  for (const auto& output : outputs) description["heads"].push_back(describe_head(config, *output));
  return description;
}

}  // namespace attune
