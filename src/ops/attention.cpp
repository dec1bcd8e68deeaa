// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/attention.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>

#include <cmath>

#include "attention_checks.hpp"
#include "attention_composed.hpp"
#include "attention_fused.hpp"
#include "attune/core/error.hpp"

namespace attune {
namespace {

/// @throws UsageError with the reasons when nothing but fused kernels may be used, and cannot.
bool is_fused(const AttentionInputs& in, const AttentionOptions& options) {
  if (options.kernels == Kernels::kComposed) return false;
  if (options.kernels == Kernels::kAutomatic) return fused_compute_context(in, options);
  const auto refusals = fused_refusals(in, options);
  if (refusals.empty()) return true;
  std::string reasons;
  for (const auto& reason : refusals) reasons += (reasons.empty() ? "" : ", ") + reason;
  throw UsageError("attention by fused kernels was asked for, but " + reasons +
                   "; leave the choice open with Kernels::kAutomatic");
}

/// By the fused kernels where they can. Weights, which they lack, are composed beside them, so that asking for them
/// changes no bit of the context. @param score of composed_attention()
template <class Score>
Allocation allocate(const AttentionInputs& in, const AttentionSizes& sizes, const FusedScore& fused_score,
                    const Score& score, const AttentionOptions& options) {
  if (!is_fused(in, options)) return composed_attention(in, sizes, score, options);
  auto allocation = fused_attention(in, sizes, fused_score, options);
  if (options.wanted.weights) {
    auto lacking = options;
    lacking.wanted = {.weights = true};
    allocation.weights = composed_attention(in, sizes, score, lacking).weights;
  }
  return allocation;
}

/// Products, of a query that was scaled or multiplied before.
Allocation product_attention(const AttentionInputs& in, const AttentionSizes& sizes, double scale,
                             const AttentionOptions& options) {
  // Scaling the query costs Tq * D products instead of Tq * Tk.
  const auto score = [=](const Tensor& query, const Tensor& key) {
    return product(scale == 1.0 ? query : query * scale, key.transpose(-2, -1));
  };
  return allocate(in, sizes, {.u = {}, .scale = scale}, score, options);
}

}  // namespace

std::vector<std::string> fused_kernel_refusals(const AttentionInputs& in, const AttentionOptions& options) {
  return fused_refusals(in, options);
}

Allocation additive_attention(const AttentionInputs& in, const Tensor& u, const AttentionOptions& options) {
  const auto sizes = check_attention("additive", in, options);
  check_parameter("additive attention, u", u, "[H, A]", {sizes.heads, sizes.width}, in.query);
  const auto score = [&](const Tensor& query, const Tensor& key) {
    const auto hidden = (query.unsqueeze(3) + key.unsqueeze(2)).tanh();             // [B, H, Tq, Tk, A]
    return hidden.matmul(u.view({1, sizes.heads, 1, sizes.width, 1})).squeeze(-1);  // [B, H, Tq, Tk]
  };
  return allocate(in, sizes, {.u = u}, score, options);
}

Allocation dot_attention(const AttentionInputs& in, const AttentionOptions& options) {
  return product_attention(in, check_attention("dot", in, options), 1.0, options);
}

Allocation multiplicative_attention(const AttentionInputs& in, const Tensor& w, const AttentionOptions& options) {
  auto sizes = check_attention("multiplicative", in, options, /*key_width_may_differ=*/true);
  check_parameter("multiplicative attention, w", w, "[H, D, Dk]", {sizes.heads, sizes.width, sizes.key_width},
                  in.query);
  auto multiplied = in;
  multiplied.query = sizes.packed ? at::bmm(in.query.transpose(0, 1), w).transpose(0, 1)  // [Nq, H, Dk]
                                  : in.query.matmul(w);                                   // [B, H, Tq, Dk]
  sizes.width = sizes.key_width;
  return product_attention(multiplied, sizes, 1.0, options);
}

Allocation scaled_dot_attention(const AttentionInputs& in, std::optional<double> scale,
                                const AttentionOptions& options) {
  const auto sizes = check_attention("scaled_dot", in, options);
  return product_attention(in, sizes, scale.value_or(1.0 / std::sqrt(static_cast<double>(sizes.width))), options);
}

}  // namespace attune
