// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/attention.hpp"

#include <ATen/TensorOperators.h>

#include <cmath>

#include "attention_checks.hpp"
#include "attention_composed.hpp"

namespace attune {

Allocation additive_attention(const AttentionInputs& in, const Tensor& u, const AttentionOptions& options) {
  const auto sizes = check_attention("additive", in, options);
  check_parameter("additive attention, u", u, "[H, A]", {sizes.heads, sizes.width}, in.query);
  const auto score = [&](const Tensor& query, const Tensor& key) {
    const auto hidden = (query.unsqueeze(3) + key.unsqueeze(2)).tanh();             // [B, H, Tq, Tk, A]
    return hidden.matmul(u.view({1, sizes.heads, 1, sizes.width, 1})).squeeze(-1);  // [B, H, Tq, Tk]
  };
  return composed_attention(in, sizes, score, options);
}

Allocation dot_attention(const AttentionInputs& in, const AttentionOptions& options) {
  const auto sizes = check_attention("dot", in, options);
  const auto score = [](const Tensor& query, const Tensor& key) { return product(query, key.transpose(-2, -1)); };
  return composed_attention(in, sizes, score, options);
}

Allocation multiplicative_attention(const AttentionInputs& in, const Tensor& w, const AttentionOptions& options) {
  const auto sizes = check_attention("multiplicative", in, options, /*key_width_may_differ=*/true);
  check_parameter("multiplicative attention, w", w, "[H, D, Dk]", {sizes.heads, sizes.width, sizes.key_width},
                  in.query);
  const auto score = [&](const Tensor& query, const Tensor& key) {
    return product(query.matmul(w), key.transpose(-2, -1));  // [B, H, Tq, Dk] x [B, H, Dk, Tk]
  };
  return composed_attention(in, sizes, score, options);
}

Allocation scaled_dot_attention(const AttentionInputs& in, std::optional<double> scale,
                                const AttentionOptions& options) {
  const auto sizes = check_attention("scaled_dot", in, options);
  const double factor = scale.value_or(1.0 / std::sqrt(static_cast<double>(sizes.width)));
  // Scaling the query costs Tq * D products instead of Tq * Tk.
  const auto score = [=](const Tensor& query, const Tensor& key) {
    return product(query * factor, key.transpose(-2, -1));
  };
  return composed_attention(in, sizes, score, options);
}

}  // namespace attune
