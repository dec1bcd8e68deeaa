// SPDX-License-Identifier: Apache-2.0
#include "small_network.hpp"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>

#include <limits>

#include "tensor_checks.hpp"

namespace attune {
namespace {

/// As make_executor() has it in the program. LibTorch's own threads would wait on each other in every small operation.
[[maybe_unused]] const bool single_threaded = [] {
  at::set_num_threads(1);
  return true;
}();

const std::vector<std::vector<int64_t>> kIds = {{4, 7, 1}, {2}, {}, {9, 9, 3, 0, 5}, {6, 1}};

template <class Spec>
Json with_kind(const Spec& spec, const char* kind) {
  auto json = to_json(spec);
  json["kind"] = kind;
  return json;
}

template <class Spec>
Json with_allocation(const Spec& spec) {
  auto json = to_json(spec);
  json["allocation"] = to_json(spec.allocation);
  return json;
}

/// Token i gets i % 3 further ids.
void add_further(IdsInput& input) {
  std::vector<int64_t> offsets{0}, further;
  for (int64_t t = 0; t < input.ids.size(0); ++t) {
    const auto id = input.ids[t].item<int64_t>();
    for (int64_t k = 0; k < id % 3; ++k) further.push_back((id * (k + 2)) % 7);
    offsets.push_back(static_cast<int64_t>(further.size()));
  }
  input.further_offsets = whole_numbers(offsets);
  input.further = whole_numbers(further);
}

NetworkInput table_ids(const std::vector<int64_t>& rows, bool further, bool places) {
  std::vector<std::vector<int64_t>> ids;
  auto all = std::make_shared<std::vector<Place>>();
  for (const int64_t row : rows) {
    ids.push_back(kIds[static_cast<size_t>(row)]);
    for (size_t t = 0; t < ids.back().size(); ++t) {
      all->push_back({.begin = static_cast<int32_t>(100 * row + static_cast<int64_t>(t)), .end = 0});
    }
  }
  auto input = ids_of(ids);
  if (further) add_further(std::get<IdsInput>(input.encoding));
  if (places) input.places = all;
  return input;
}

NetworkInput table_scalars(const std::vector<int64_t>& rows, bool places) {
  std::vector<double> values;
  auto all = std::make_shared<std::vector<Place>>();
  for (const int64_t row : rows) {
    const auto r = static_cast<double>(row);
    values.insert(values.end(),
                  {0.5 * r - 1.0, row % 2 == 1 ? std::numeric_limits<double>::quiet_NaN() : 0.3, 0.1 * r * r});
    for (int32_t c = 0; c < 3; ++c) all->push_back({.begin = c, .end = c + 1});
  }
  return {.encoding = ScalarsInput{numbers(values).view({-1, 3})}, .places = places ? all : nullptr};
}

}  // namespace

AttentionSpec NetworkPlan::small_attention(const std::string& mechanism) {
  return {.mechanism = mechanism,
          .heads = 2,
          .key_width = 4,
          .value_width = 4,
          .reaches = {1, 3},
          .groups = 2,
          .gate_width = 5};
}

BlockSpec NetworkPlan::small_block(const std::string& mechanism) {
  return {.feed_forward_width = 5, .activation = "tanh", .allocation = small_attention(mechanism)};
}

Json describe(const NetworkPlan& plan) {
  auto json = to_json(plan.backbone);
  for (const char* list : {"inputs", "blocks", "heads"}) json[list] = Json::array();
  for (const auto& spec : plan.ids) json["inputs"].push_back(with_kind(spec, "ids"));
  for (const auto& spec : plan.scalars) json["inputs"].push_back(with_kind(spec, "scalars"));
  for (const auto& spec : plan.blocks) json["blocks"].push_back(with_allocation(spec));
  for (const auto& spec : plan.heads) json["heads"].push_back(to_json(spec));
  json["pool"] = with_allocation(plan.pool);
  return json;
}

ParameterSource stirred(uint64_t seed) {
  const auto initial = drawn_from(RandomKey(seed), at::kDouble);
  const auto noise = drawn_from(RandomKey(seed).with("stir"), at::kDouble);
  return [=](const std::string& name, const std::vector<int64_t>& shape, Init init) {
    return initial(name, shape, init) + 0.3 * noise(name, shape, Init::kEmbedding);
  };
}

Network build(const NetworkPlan& plan, uint64_t seed) { return Network(describe(plan), stirred(seed)); }

NetworkInput ids_of(const std::vector<std::vector<int64_t>>& rows) {
  std::vector<int64_t> ids, offsets{0};
  for (const auto& row : rows) {
    ids.insert(ids.end(), row.begin(), row.end());
    offsets.push_back(static_cast<int64_t>(ids.size()));
  }
  return {.encoding = IdsInput{.offsets = whole_numbers(offsets), .ids = whole_numbers(ids)}};
}

std::vector<NetworkInput> encode_rows(const NetworkPlan& plan, const std::vector<int64_t>& rows, bool places) {
  std::vector<NetworkInput> inputs;
  for (const auto& spec : plan.ids) inputs.push_back(table_ids(rows, spec.further > 0, places));
  for (size_t i = 0; i < plan.scalars.size(); ++i) inputs.push_back(table_scalars(rows, places));
  return inputs;
}

Tensor scores_of(const Network& network, const std::vector<NetworkInput>& inputs, const ForwardContext& context) {
  return network.forward(inputs, context).at(0);
}

}  // namespace attune
