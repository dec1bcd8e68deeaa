// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/attention.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "attune/core/error.hpp"

namespace attune {
namespace {

Tensor split_heads(const Tensor& x, int64_t heads) {
  return x.view({x.size(0), heads, x.size(1) / heads});
}  // [N, H, D]
Tensor join_heads(const Tensor& x) { return x.reshape({x.size(0), x.size(1) * x.size(2)}); }  // [N, H * Dv]

void check_without_projections(const AttentionSpec& spec, int64_t query_width, int64_t memory_width,
                               const std::string& site) {
  if (query_width == memory_width && query_width % spec.heads == 0 && spec.key_width == query_width / spec.heads &&
      spec.value_width == spec.key_width) {
    return;
  }
  throw UsageError(
      site + ": attention without projections cuts the width into heads as it is; expected heads to divide the width " +
      std::to_string(query_width) +
      " and key and value widths of width / heads, found heads = " + std::to_string(spec.heads) +
      ", key width = " + std::to_string(spec.key_width) + ", value width = " + std::to_string(spec.value_width) +
      " and a memory of width " + std::to_string(memory_width) + "; change them, or set projections = true");
}

}  // namespace

Attention::Attention(const AttentionSpec& spec, int64_t query_width, int64_t memory_width, const ParameterScope& scope)
    : spec_(spec), site_(scope.name()) {
  if (spec.projections) {
    query_.emplace(scope.in("query"), query_width, spec.heads * spec.key_width);
    // A bias on keys adds the same to every score of a query, which softmax ignores, except under additive's tanh,
    // where the query's bias does the same.
    key_.emplace(scope.in("key"), memory_width, spec.heads * spec.key_width, /*bias=*/false);
    value_.emplace(scope.in("value"), memory_width, spec.heads * spec.value_width);
    output_.emplace(scope.in("output"), spec.heads * spec.value_width, query_width);
  } else {
    check_without_projections(spec, query_width, memory_width, site_);
  }
  mechanism_ = make_mechanism(spec, scope);
}

Tensor Attention::self(const Tokens& tokens, const ForwardContext& context) const {
  if (spec_.projections) return attend(tokens.values, tokens.offsets, prepare(tokens), context);
  // Without projections query, key and value are one tensor, and the operator lays it out once.
  const auto heads = split_heads(tokens.values, spec_.heads);  // [N, H, D]
  return attend_heads(heads, tokens.offsets, attune::prepare(heads, heads, tokens.offsets), context);
}

Keys Attention::prepare(const Tokens& memory) const {
  const auto key = key_ ? (*key_)(memory.values) : memory.values;        // [Nk, H * D]
  const auto value = value_ ? (*value_)(memory.values) : memory.values;  // [Nk, H * Dv]
  return attune::prepare(split_heads(key, spec_.heads), split_heads(value, spec_.heads), memory.offsets);
}

Tensor Attention::attend(const Tensor& queries, const Tensor& query_offsets, const Keys& keys,
                         const ForwardContext& context) const {
  return attend_heads(split_heads(query_ ? (*query_)(queries) : queries, spec_.heads), query_offsets, keys, context);
}

Tensor Attention::parts(const Tensor& queries, const Tensor& query_offsets, const Keys& keys,
                        const ForwardContext& context) const {
  const at::NoGradGuard no_gradients;
  auto inputs = attend_to(keys, split_heads(query_ ? (*query_)(queries) : queries, spec_.heads), query_offsets);
  inputs.causal = spec_.causal;
  auto options = context.options_at(site_, 0.0);
  options.wanted = {.received = true};
  auto received = mechanism_->allocate(inputs, options).received;  // [Nk, H]
  if (const auto& gates = options.intervention.head_gates; gates.defined()) received = received * gates;
  const auto weighted = join_heads(keys.value * received.unsqueeze(-1));  // [Nk, H * Dv]
  return output_ ? output_->without_bias(weighted) : weighted;
}

Tensor Attention::attend_heads(const Tensor& query, const Tensor& query_offsets, const Keys& keys,
                               const ForwardContext& context) const {
  auto inputs = attend_to(keys, query, query_offsets);
  inputs.causal = spec_.causal;
  const auto allocation = mechanism_->allocate(inputs, context.options_at(site_, spec_.dropout));
  context.observe(site_, allocation);
  const auto joined = join_heads(allocation.context);  // [Nq, H * Dv]
  return output_ ? (*output_)(joined) : joined;
}

}  // namespace attune
