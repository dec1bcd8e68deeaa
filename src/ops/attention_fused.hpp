// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attention_checks.hpp"
#include "attune/ops/attention.hpp"

namespace attune {

/// How fused kernels score: by products, or additively.
struct FusedScore {
  Tensor u = {};       ///< [H, A], additive; undefined: products
  double scale = 1.0;  ///< of the products
};

/// Why the fused kernels of the processor (attune/kernels/cpu/attention.hpp) cannot do a call, a sentence a reason;
/// none: they can.
[[nodiscard]] std::vector<std::string> fused_refusals(const AttentionInputs& in, const AttentionOptions& options);

/// Whether they can compute the context, log-sum-exp and entropy, whatever else is wanted.
[[nodiscard]] bool fused_compute_context(const AttentionInputs& in, const AttentionOptions& options);

/// Attention by the fused kernels, with gradients of the context; needs fused_compute_context(). Weights stay
/// undefined. @throws what the kernels throw.
[[nodiscard]] Allocation fused_attention(const AttentionInputs& in, const AttentionSizes& sizes,
                                         const FusedScore& score, const AttentionOptions& options);

}  // namespace attune
