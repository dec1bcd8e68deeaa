// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// Split attention: weights over R branches at the same position, per channel group, from the branches' pooled sum.
/// Li et al. 2019 (SKNet), arXiv:1903.06586, section 3.1; Zhang et al. 2020 (ResNeSt), arXiv:2004.08955, section 3.1.
/// Plain loops in double: the specification that faster ones are tested against.
///
/// For row b of T tokens, with x(i, r) the W numbers of token i in branch r:
///   pooled        = 1/T * sum over i and r of x(i, r)                            [W]
///   hidden        = max(0, hidden_weight pooled + hidden_bias)                   [hidden]
///   logit(r, g)   = (logit_weight hidden + logit_bias)[r * G + g]                [R, G]
///   weight(r, g)  = exp(logit(r, g)) / sum over r' of exp(logit(r', g))          [R, G]
///   context(i, w) = sum over r of weight(r, g) * x(i, r, w), where channel w is in group g = w / (W / G)
/// G = W gives every channel weights of its own, as in both papers; G = 1 weighs whole branches. The papers' batch
/// normalisation before the relu is left out: a row's weights depend on that row alone. One branch gets weight 1.
///
/// A row without tokens: weights 0, log_sum_exp -infinity, entropy 0, no gradient.
namespace attune::reference {

struct SplitSizes {
  int64_t B = 0;       ///< rows
  int64_t R = 1;       ///< branches
  int64_t W = 1;       ///< channels
  int64_t G = 1;       ///< channel groups; divides W
  int64_t hidden = 1;  ///< width of the gate's hidden layer
};

/// N = offsets[B] tokens. Strides count numbers; channels are contiguous. Arrays without strides are contiguous.
struct SplitInputs {
  SplitSizes sizes;
  const double* values = nullptr;  ///< [N, R, W]
  int64_t token_stride = 0;
  int64_t branch_stride = 0;
  const int64_t* offsets = nullptr;       ///< [B+1]: row b owns tokens offsets[b] to offsets[b+1]; rows may be empty
  const double* hidden_weight = nullptr;  ///< [hidden, W]
  const double* hidden_bias = nullptr;    ///< [hidden]
  const double* logit_weight = nullptr;   ///< [R * G, hidden]
  const double* logit_bias = nullptr;     ///< [R * G]
  /// [B, R, G], an intervention that takes the place of the softmax's weights; log_sum_exp remains that of the logits,
  /// and the gate gets no gradient. Null: none.
  const double* given_weights = nullptr;
};

/// Null: not wanted. Everything wanted is overwritten.
struct SplitOutputs {
  double* context = nullptr;  ///< [N, W]
  int64_t context_stride = 0;
  double* weights = nullptr;      ///< [B, R, G]
  double* log_sum_exp = nullptr;  ///< [B, G]
  double* entropy = nullptr;      ///< [B, G], in nats
};

/// Null: not wanted. Everything wanted is overwritten.
struct SplitGradients {
  double* values = nullptr;  ///< [N, R, W]
  int64_t token_stride = 0;
  int64_t branch_stride = 0;
  double* hidden_weight = nullptr;  ///< [hidden, W]
  double* hidden_bias = nullptr;    ///< [hidden]
  double* logit_weight = nullptr;   ///< [R * G, hidden]
  double* logit_bias = nullptr;     ///< [R * G]
};

/// @throws ShapeError for sizes or offsets that contradict each other; UsageError for a missing array, naming it.
/// Thread-safe.
void split_attention(const SplitInputs& in, const SplitOutputs& out);

/// The gradients of sum(context * d_context), in closed form. With a = weight:
///   d_weight(r, g) = sum over i, and w in group g, of d_context(i, w) x(i, r, w)
///   d_logit(r, g)  = a(r, g) (d_weight(r, g) - sum over r' of a(r', g) d_weight(r', g))
///   d_hidden       = logit_weight^T d_logit where hidden > 0, else 0
///   d_x(i, r, w)   = a(r, g) d_context(i, w) + (hidden_weight^T d_hidden)[w] / T
/// @param d_context [N, W], token i at d_context + i * d_context_stride. @throws as split_attention().
void split_attention_backward(const SplitInputs& in, const double* d_context, int64_t d_context_stride,
                              const SplitGradients& gradients);

}  // namespace attune::reference
