// SPDX-License-Identifier: Apache-2.0
#include <torch/types.h>

#include "contestants.hpp"

namespace attune::bench {
namespace {

using Type = OnnxModel::Type;

/// The same memory as onnxruntime's operators want it, [B, T, H * D], of an array laid out by_token().
Tensor with_heads_joined(const Tensor& tensor) { return tensor.transpose(1, 2).flatten(2); }

Contestant contestant(const OnnxModel& model, const Arena& arena, const std::vector<Onnxruntime::Named>& inputs,
                      const Tensor& context, const Tensor& result) {
  const std::shared_ptr<Onnxruntime::Session> session =
      arena.onnxruntime->open(model, arena.threads, inputs, {{"context", context}});
  return {.run = [session] { session->run(); }, .results = [result] { return std::vector{result}; }};
}

std::vector<int64_t> sizes(const Tensor& tensor) { return tensor.sizes().vec(); }

/// [B, T], 1 where a key is no padding.
Tensor present(const std::vector<int64_t>& lengths, int64_t T) {
  auto mask = torch::zeros({static_cast<int64_t>(lengths.size()), T}, torch::kInt);
  for (size_t b = 0; b < lengths.size(); ++b) mask[static_cast<int64_t>(b)].narrow(0, 0, lengths[b]).fill_(1);
  return mask;
}

}  // namespace

/// Of the ways to write the scores' product down that were tried this is the fastest, by a half: with u as an input and
/// not a constant, and as a column and not a vector.
Contestant onnxruntime_additive(const Arrays& arrays, const Arena& arena) {
  const auto query = arrays.query.squeeze(1).unsqueeze(2);  // [B, Tq, 1, A]
  const auto key = arrays.key;                              // [B, 1, Tk, A]
  const auto value = arrays.value.squeeze(1);               // [B, Tk, Dv]
  const auto u = arrays.u.reshape({-1, 1});                 // [A, 1]
  const auto context = torch::empty_like(value);
  OnnxModel model;
  model.add_input("query", Type::kFloat, sizes(query));
  model.add_input("key", Type::kFloat, sizes(key));
  model.add_input("value", Type::kFloat, sizes(value));
  model.add_input("u", Type::kFloat, sizes(u));
  model.add_constant("last", {-1});
  model.add_node({"Add", {"query", "key"}, {"sum"}});
  model.add_node({"Tanh", {"sum"}, {"hidden"}});
  model.add_node({"MatMul", {"hidden", "u"}, {"column"}});
  model.add_node({"Squeeze", {"column", "last"}, {"scores"}});
  model.add_node({"Softmax", {"scores"}, {"weights"}, {{"axis", int64_t{-1}}}});
  model.add_node({"MatMul", {"weights", "value"}, {"context"}});
  model.add_output("context", sizes(context));
  return contestant(model, arena, {{"query", query}, {"key", key}, {"value", value}, {"u", u}}, context,
                    context.unsqueeze(1));
}

Contestant onnxruntime_product(const Arrays& arrays, const Arena& arena, const std::vector<int64_t>& key_lengths) {
  const int64_t H = arrays.query.size(1), D = arrays.query.size(3);
  std::vector<Onnxruntime::Named> inputs = {{"query", with_heads_joined(arrays.query)},
                                            {"key", with_heads_joined(arrays.key)},
                                            {"value", with_heads_joined(arrays.value)}};
  const auto context = torch::empty_like(inputs[0].tensor);
  OnnxModel model;
  for (const auto& [name, tensor] : inputs) model.add_input(name, Type::kFloat, sizes(tensor));
  OnnxModel::Node attention{
      "MultiHeadAttention", {"query", "key", "value"}, {"context"}, {{"num_heads", H}}, "com.microsoft"};
  if (!key_lengths.empty()) {
    inputs.push_back({"present", present(key_lengths, arrays.key.size(2))});
    model.add_input("present", Type::kInt32, sizes(inputs.back().tensor));
    attention.inputs.insert(attention.inputs.end(), {"", "present"});  // no bias
  }
  model.add_node(attention);
  model.add_output("context", sizes(context));
  return contestant(model, arena, inputs, context, context.unflatten(2, {H, D}).transpose(1, 2));
}

}  // namespace attune::bench
