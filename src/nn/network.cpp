// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/network.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/zeros_like.h>

#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"

namespace attune {
namespace {

/// The value of `key`, taken out of `json`; its absence or another type is an error that names where.
Json take(Json& json, const char* key, Json::value_t type, const std::string& where) {
  if (!json.contains(key) || json[key].type() != type) {
    throw UsageError(where + ": expected \"" + key + "\" to be a JSON " + Json(type).type_name() + ", found " +
                     (json.contains(key) ? json[key].type_name() : "nothing"));
  }
  auto value = json[key];
  json.erase(key);
  return value;
}

BlockSpec read_block(Json json, const std::string& where) {
  BlockSpec spec;
  from_json(take(json, "allocation", Json::value_t::object, where), where + ".allocation", spec.allocation);
  from_json(json, where, spec);
  return spec;
}

std::shared_ptr<const std::vector<TokenOrigin>> of_input(const std::shared_ptr<const std::vector<TokenOrigin>>& origins,
                                                         int32_t input) {
  if (origins == nullptr || input == 0) return origins;
  auto changed = std::make_shared<std::vector<TokenOrigin>>(*origins);
  for (auto& origin : *changed) origin.input = input;
  return changed;
}

PoolSpec read_pool(Json json) {
  PoolSpec spec;
  from_json(take(json, "allocation", Json::value_t::object, "pool"), "pool.allocation", spec.allocation);
  from_json(json, "pool", spec);
  return spec;
}

}  // namespace

Network::Network(Json description, ParameterSource source)
    : description_(std::move(description)), parameters_(std::move(source)) {
  auto json = description_;
  if (!json.is_object()) throw UsageError("network: expected a JSON object");
  const auto inputs = take(json, "inputs", Json::value_t::array, "network");
  const auto blocks = take(json, "blocks", Json::value_t::array, "network");
  const auto pool = take(json, "pool", Json::value_t::object, "network");
  const auto heads = take(json, "heads", Json::value_t::array, "network");
  if (inputs.empty() || heads.empty()) throw UsageError("network: expected at least one input and one head");
  BackboneSpec spec;
  from_json(json, "network", spec);

  for (size_t i = 0; i < inputs.size(); ++i) {
    embedders_.push_back(
        make_embedder(inputs[i], spec.width, ParameterScope(parameters_, "input." + std::to_string(i))));
  }
  if (inputs.size() > 1) {
    input_vectors_ = parameters_.add("inputs", {static_cast<int64_t>(inputs.size()), spec.width}, Init::kEmbedding);
  }
  std::vector<BlockSpec> block_specs;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const auto name = "block." + std::to_string(i);
    block_specs.push_back(read_block(blocks[i], name));
    if (block_specs.back().attention) sites_.push_back(name + ".self");
  }
  backbone_ = std::make_unique<Backbone>(spec, block_specs, parameters_);
  const auto pool_spec = read_pool(pool);
  pool_ = make_pool(pool_spec, spec.width, ParameterScope(parameters_, "pool"));
  if (pool_spec.kind == "attention") {
    if (pool_spec.allocation.mechanism == "split") sites_.emplace_back("pool.learned");
    sites_.emplace_back("pool");
  }
  for (size_t i = 0; i < heads.size(); ++i) {
    const auto name = "head." + std::to_string(i);
    HeadSpec head;
    from_json(heads[i], name, head);
    heads_.push_back(make_head(head, spec.width, ParameterScope(parameters_, name)));
  }
}

Tokens Network::embed(const std::vector<NetworkInput>& inputs, const ForwardContext& context) const {
  if (inputs.size() != embedders_.size()) {
    throw ShapeError("inputs: expected " + std::to_string(embedders_.size()) + ", found " +
                     std::to_string(inputs.size()));
  }
  std::vector<Tokens> parts;
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto tokens = (*embedders_[i])(inputs[i], context);
    if (i > 0 && tokens.rows() != parts[0].rows()) {
      throw ShapeError("input." + std::to_string(i) + ": expected " + std::to_string(parts[0].rows()) +
                       " rows as input.0, found " + std::to_string(tokens.rows()));
    }
    if (input_vectors_.defined()) tokens.values = tokens.values + input_vectors_[static_cast<int64_t>(i)];
    tokens.origins = of_input(tokens.origins, static_cast<int32_t>(i));
    parts.push_back(std::move(tokens));
  }
  return concatenate(parts);
}

Hidden Network::hidden(Tokens tokens, const ForwardContext& context) const {
  return {(*backbone_)(std::move(tokens), context), *pool_, context};
}

Hidden Network::hidden(const std::vector<NetworkInput>& inputs, const ForwardContext& context) const {
  return hidden(embed(inputs, context), context);
}

Hidden Network::hidden_of(Tokens out_of_backbone, const ForwardContext& context) const {
  return {std::move(out_of_backbone), *pool_, context};
}

Tensor Network::masked(const Tokens& tokens) const {
  if (!input_vectors_.defined()) return at::zeros_like(tokens.values);
  std::vector<int64_t> inputs;
  for (const auto& origin : *tokens.origins) inputs.push_back(origin.input);
  return input_vectors_.detach().index_select(0, make_offsets(inputs));
}

Tensor Network::pool_parts(const Tokens& out_of_backbone, const ForwardContext& context) const {
  return pool_->parts(out_of_backbone, context);
}

std::vector<Tensor> Network::forward(const std::vector<NetworkInput>& inputs, const ForwardContext& context) const {
  const auto state = hidden(inputs, context);
  std::vector<Tensor> scores;
  for (const auto& head : heads_) scores.push_back(head->forward(state, context));
  return scores;
}

}  // namespace attune
