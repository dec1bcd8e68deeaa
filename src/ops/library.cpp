// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/library.hpp"

#include <torch/library.h>

#include <string>
#include <tuple>

#include "attune/ops/attention.hpp"

namespace attune {
namespace {

using OptionalTensor = std::optional<Tensor>;
using ContextAndLogSumExp = std::tuple<Tensor, Tensor>;

struct Call {
  AttentionInputs in;
  AttentionOptions options;
};

Call call_of(const Tensor& query, const Tensor& key, const Tensor& value, const OptionalTensor& query_offsets,
             const OptionalTensor& key_offsets, const OptionalTensor& mask, bool causal, double dropout,
             int64_t dropout_seed, const std::string& kernels) {
  Call call{.in = {.query = query,
                   .key = key,
                   .value = value,
                   .query_offsets = query_offsets.value_or(Tensor()),
                   .key_offsets = key_offsets.value_or(Tensor()),
                   .mask = mask.value_or(Tensor()),
                   .causal = causal},
            .options = {}};
  call.options.wanted.log_sum_exp = true;
  call.options.dropout.rate = dropout;
  call.options.dropout.key = RandomKey(static_cast<uint64_t>(dropout_seed));
  call.options.kernels = parse_kernels(kernels);
  return call;
}

ContextAndLogSumExp results_of(const Allocation& allocation) { return {allocation.context, allocation.log_sum_exp}; }

ContextAndLogSumExp additive(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& u,
                             const OptionalTensor& query_offsets, const OptionalTensor& key_offsets,
                             const OptionalTensor& mask, bool causal, double dropout, int64_t dropout_seed,
                             const std::string& kernels) {
  const auto call =
      call_of(query, key, value, query_offsets, key_offsets, mask, causal, dropout, dropout_seed, kernels);
  return results_of(additive_attention(call.in, u, call.options));
}

ContextAndLogSumExp dot(const Tensor& query, const Tensor& key, const Tensor& value,
                        const OptionalTensor& query_offsets, const OptionalTensor& key_offsets,
                        const OptionalTensor& mask, bool causal, double dropout, int64_t dropout_seed,
                        const std::string& kernels) {
  const auto call =
      call_of(query, key, value, query_offsets, key_offsets, mask, causal, dropout, dropout_seed, kernels);
  return results_of(dot_attention(call.in, call.options));
}

ContextAndLogSumExp multiplicative(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& w,
                                   const OptionalTensor& query_offsets, const OptionalTensor& key_offsets,
                                   const OptionalTensor& mask, bool causal, double dropout, int64_t dropout_seed,
                                   const std::string& kernels) {
  const auto call =
      call_of(query, key, value, query_offsets, key_offsets, mask, causal, dropout, dropout_seed, kernels);
  return results_of(multiplicative_attention(call.in, w, call.options));
}

ContextAndLogSumExp scaled_dot(const Tensor& query, const Tensor& key, const Tensor& value, std::optional<double> scale,
                               const OptionalTensor& query_offsets, const OptionalTensor& key_offsets,
                               const OptionalTensor& mask, bool causal, double dropout, int64_t dropout_seed,
                               const std::string& kernels) {
  const auto call =
      call_of(query, key, value, query_offsets, key_offsets, mask, causal, dropout, dropout_seed, kernels);
  return results_of(scaled_dot_attention(call.in, scale, call.options));
}

std::string schema(const std::string& name, const std::string& parameter, const std::string& keyword = "") {
  return name + "(Tensor query, Tensor key, Tensor value" + parameter + ", *, " + keyword +
         "Tensor? query_offsets=None, Tensor? key_offsets=None, Tensor? mask=None, bool causal=False, "
         "float dropout=0.0, int dropout_seed=0, str kernels=\"automatic\") -> (Tensor context, Tensor log_sum_exp)";
}

}  // namespace

TORCH_LIBRARY(attune, library) {
  library.def(schema("additive_attention", ", Tensor u").c_str(), additive);
  library.def(schema("dot_attention", "").c_str(), dot);
  library.def(schema("multiplicative_attention", ", Tensor w").c_str(), multiplicative);
  library.def(schema("scaled_dot_attention", "", "float? scale=None, ").c_str(), scaled_dot);
}

void register_operators() {}  // linking this file has registered them

}  // namespace attune
