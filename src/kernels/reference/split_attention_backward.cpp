// SPDX-License-Identifier: Apache-2.0
// Gradients of split attention in closed form; formulas in the header. One row at a time: context -> weights -> logits
// -> hidden layer -> pooled mean -> values.
#include <algorithm>

#include "attune/kernels/reference/split_attention.hpp"
#include "reference/check.hpp"
#include "reference/softmax.hpp"
#include "reference/split_gate.hpp"

namespace attune::reference {
namespace {

struct DContext {
  const double* data;
  int64_t stride;
};

double* d_branch_at(const SplitGradients& to, int64_t token, int64_t branch) {
  return to.values + token * to.token_stride + branch * to.branch_stride;
}

/// [R, G]: how much each weight's growth would add.
std::vector<double> weights_backward(const SplitInputs& in, int64_t row, const DContext& d_context) {
  const auto& [B, R, W, G, hidden] = in.sizes;
  std::vector<double> d_weights(R * G);
  for (int64_t token = in.offsets[row]; token < in.offsets[row + 1]; ++token) {
    for (int64_t r = 0; r < R; ++r) {
      for (int64_t w = 0; w < W; ++w) {
        d_weights[r * G + group_of(in.sizes, w)] +=
            d_context.data[token * d_context.stride + w] * branch_at(in, token, r)[w];
      }
    }
  }
  return d_weights;
}

/// [R, G].
std::vector<double> logits_backward(const SplitSizes& sizes, const SplitGate& gate,
                                    const std::vector<double>& d_weights) {
  std::vector<double> d_logits(d_weights.size());
  for (int64_t g = 0; g < sizes.G; ++g) {
    const auto d_column = softmax_backward(group_column(sizes, gate.weights, g), group_column(sizes, d_weights, g));
    for (int64_t r = 0; r < sizes.R; ++r) d_logits[r * sizes.G + g] = d_column[r];
  }
  return d_logits;
}

/// Adds the gradients of y = matrix x + bias to d_matrix and d_bias (null: not wanted) and returns d_x.
std::vector<double> affine_backward(const double* matrix, const std::vector<double>& x, const std::vector<double>& d_y,
                                    double* d_matrix, double* d_bias) {
  const size_t columns = x.size();
  std::vector<double> d_x(columns);
  for (size_t a = 0; a < d_y.size(); ++a) {
    if (d_bias) d_bias[a] += d_y[a];
    for (size_t c = 0; c < columns; ++c) {
      d_x[c] += matrix[a * columns + c] * d_y[a];
      if (d_matrix) d_matrix[a * columns + c] += d_y[a] * x[c];
    }
  }
  return d_x;
}

/// [W]: d_pooled, having added to the gate's gradients.
std::vector<double> gate_backward(const SplitInputs& in, const SplitGate& gate, const std::vector<double>& d_weights,
                                  const SplitGradients& to) {
  const auto d_logits = logits_backward(in.sizes, gate, d_weights);
  auto d_hidden = affine_backward(in.logit_weight, gate.hidden, d_logits, to.logit_weight, to.logit_bias);
  for (size_t z = 0; z < d_hidden.size(); ++z) {
    if (gate.hidden[z] <= 0) d_hidden[z] = 0;  // the relu's flat side
  }
  return affine_backward(in.hidden_weight, gate.pooled, d_hidden, to.hidden_weight, to.hidden_bias);
}

void write_d_values(const SplitInputs& in, int64_t row, const std::vector<double>& weights,
                    const std::vector<double>& d_pooled, const DContext& d_context, const SplitGradients& to) {
  const auto& [B, R, W, G, hidden] = in.sizes;
  const double T = static_cast<double>(in.offsets[row + 1] - in.offsets[row]);
  for (int64_t token = in.offsets[row]; token < in.offsets[row + 1]; ++token) {
    for (int64_t r = 0; r < R; ++r) {
      double* d_branch = d_branch_at(to, token, r);
      for (int64_t w = 0; w < W; ++w) {
        d_branch[w] =
            weights[r * G + group_of(in.sizes, w)] * d_context.data[token * d_context.stride + w] + d_pooled[w] / T;
      }
    }
  }
}

void clear_gate(const SplitSizes& sizes, const SplitGradients& to) {
  const auto& [B, R, W, G, hidden] = sizes;
  if (to.hidden_weight) std::fill_n(to.hidden_weight, hidden * W, 0.0);
  if (to.hidden_bias) std::fill_n(to.hidden_bias, hidden, 0.0);
  if (to.logit_weight) std::fill_n(to.logit_weight, R * G * hidden, 0.0);
  if (to.logit_bias) std::fill_n(to.logit_bias, R * G, 0.0);
}

}  // namespace

void split_attention_backward(const SplitInputs& in, const double* d_context, int64_t d_context_stride,
                              const SplitGradients& gradients) {
  check(in);
  check_given(d_context || in.offsets[in.sizes.B] == 0, "d_context", "[N, W]", "reference::split_attention_backward");
  clear_gate(in.sizes, gradients);
  const DContext given{d_context, d_context_stride};
  for (int64_t b = 0; b < in.sizes.B; ++b) {
    if (in.offsets[b] == in.offsets[b + 1]) continue;
    const SplitGate gate = split_gate(in, b);
    std::vector<double> d_pooled(in.sizes.W);
    if (!in.given_weights) d_pooled = gate_backward(in, gate, weights_backward(in, b, given), gradients);
    if (gradients.values) write_d_values(in, b, gate.weights, d_pooled, given, gradients);
  }
}

}  // namespace attune::reference
