// SPDX-License-Identifier: Apache-2.0
// Forward of additive, dot, multiplicative and scaled_dot attention; formulas and papers in the header. One query at a
// time: its scores, their softmax, the weighted sum of the values.
#include "attune/kernels/reference/attention.hpp"

#include <algorithm>

#include "reference/check.hpp"
#include "reference/query.hpp"

namespace attune::reference {
namespace {

void write_context(const AttentionInputs& in, const Query& q, const std::vector<double>& weights, double* context) {
  std::fill_n(context, in.sizes.Dv, 0.0);
  for (int64_t j = 0; j < q.Tk; ++j) {
    if (weights[j] == 0) continue;  // perhaps forbidden: the value may be anything, NaN included
    const double factor = context_factor(in, q, j) * weights[j];
    const double* value = in.value.at(in.key_offsets, q.b, j, q.key_head);
    for (int64_t w = 0; w < in.sizes.Dv; ++w) context[w] += factor * value[w];
  }
}

void add_received(const AttentionInputs& in, const Query& q, const std::vector<double>& weights, double* received) {
  for (int64_t j = 0; j < q.Tk; ++j) received[(q.first_key + j) * in.sizes.H + q.h] += weights[j];
}

void write_query(const AttentionInputs& in, const Query& q, const AttentionOutputs& out) {
  const Softmax allocation = allocate(in, q);
  const int64_t place = q.token * in.sizes.H + q.h;
  if (out.context.data) {
    write_context(in, q, allocation.weights, out.context.at(in.query_offsets, q.b, q.i, q.h));
  }
  if (out.log_sum_exp) out.log_sum_exp[place] = allocation.log_sum_exp;
  if (out.entropy) out.entropy[place] = entropy(allocation.weights);
  if (out.received) add_received(in, q, allocation.weights, out.received);
  if (out.weights) std::copy(allocation.weights.begin(), allocation.weights.end(), out.weights + q.first_pair);
}

}  // namespace

void attention(const AttentionInputs& in, const AttentionOutputs& out) {
  check(in);
  const auto& [B, H, Hkv, D, Dv] = in.sizes;
  if (out.received) std::fill_n(out.received, in.key_offsets[B] * H, 0.0);
  for_each_vector(in.query_offsets, B, H,
                  [&](int64_t b, int64_t h, int64_t i) { write_query(in, query_at(in, b, h, i), out); });
}

}  // namespace attune::reference
