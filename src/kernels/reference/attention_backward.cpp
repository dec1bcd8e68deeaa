// SPDX-License-Identifier: Apache-2.0
// Gradients of additive, dot, multiplicative and scaled_dot attention in closed form; formulas in the header. One query
// at a time, its weights computed again: context -> weights -> scores -> query, key and the score's parameter.
#include <algorithm>

#include "attune/kernels/reference/attention.hpp"
#include "reference/check.hpp"
#include "reference/query.hpp"
#include "reference/score.hpp"

namespace attune::reference {
namespace {

void clear(const HeadArray<double>& array, const int64_t* offsets, int64_t B, int64_t heads, int64_t width) {
  if (!array.data) return;
  for_each_vector(offsets, B, heads,
                  [&](int64_t b, int64_t h, int64_t i) { std::fill_n(array.at(offsets, b, i, h), width, 0.0); });
}

void clear(const AttentionInputs& in, const AttentionGradients& to) {
  const auto& [B, H, Hkv, D, Dv] = in.sizes;
  clear(to.query, in.query_offsets, B, H, D);
  clear(to.key, in.key_offsets, B, Hkv, D);
  clear(to.value, in.key_offsets, B, Hkv, Dv);
  if (to.u) std::fill_n(to.u, H * D, 0.0);
  if (to.matrix) std::fill_n(to.matrix, H * D * D, 0.0);
  if (to.head_gate) std::fill_n(to.head_gate, H, 0.0);
}

/// Adds to d_value and d_gate, and returns d_weight [Tk]; 0 where the weight is 0, for there no gradient passes on.
std::vector<double> context_backward(const AttentionInputs& in, const Query& q, const std::vector<double>& weights,
                                     const double* d_context, const AttentionGradients& to) {
  const int64_t Dv = in.sizes.Dv;
  std::vector<double> d_weights(weights.size());
  for (int64_t j = 0; j < q.Tk; ++j) {
    if (weights[j] == 0) continue;
    const double factor = context_factor(in, q, j);
    const double* value = in.value.at(in.key_offsets, q.b, j, q.key_head);
    double* d_value = wanted_vector(to.value, in.key_offsets, q.b, j, q.key_head);
    double d_factor_weight = 0;
    for (int64_t w = 0; w < Dv; ++w) {
      d_factor_weight += d_context[w] * value[w];
      if (d_value) d_value[w] += factor * weights[j] * d_context[w];
    }
    d_weights[j] = factor * d_factor_weight;
    const double dropout = in.dropout ? in.dropout[q.first_pair + j] : 1;
    if (to.head_gate) to.head_gate[q.h] += dropout * weights[j] * d_factor_weight;
  }
  return d_weights;
}

void scores_backward(const AttentionInputs& in, const Query& q, const std::vector<double>& weights,
                     const std::vector<double>& d_weights, const AttentionGradients& to) {
  const std::vector<double> d_scores = softmax_backward(weights, d_weights);
  const double* query = in.query.at(in.query_offsets, q.b, q.i, q.h);
  for (int64_t j = 0; j < q.Tk; ++j) {
    if (weights[j] == 0) continue;  // perhaps forbidden: the key may be anything, NaN included
    const ScoreGradients gradients{.query = wanted_vector(to.query, in.query_offsets, q.b, q.i, q.h),
                                   .key = wanted_vector(to.key, in.key_offsets, q.b, j, q.key_head),
                                   .u = to.u,
                                   .matrix = to.matrix};
    add_score_gradients(in, q.h, query, in.key.at(in.key_offsets, q.b, j, q.key_head), d_scores[j], gradients);
  }
}

}  // namespace

void attention_backward(const AttentionInputs& in, const HeadArray<const double>& d_context,
                        const AttentionGradients& gradients) {
  check(in);
  check_given(d_context.data || in.query_offsets[in.sizes.B] == 0, "d_context", "[Nq, H, Dv]",
              "reference::attention_backward");
  clear(in, gradients);
  for_each_vector(in.query_offsets, in.sizes.B, in.sizes.H, [&](int64_t b, int64_t h, int64_t i) {
    const Query query = query_at(in, b, h, i);
    const std::vector<double> weights = allocate(in, query).weights;
    const double* d_context_i = d_context.at(in.query_offsets, b, i, h);
    const std::vector<double> d_weights = context_backward(in, query, weights, d_context_i, gradients);
    if (!in.given_weights) scores_backward(in, query, weights, d_weights, gradients);
  });
}

}  // namespace attune::reference
