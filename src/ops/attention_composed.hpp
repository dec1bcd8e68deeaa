// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "attention_checks.hpp"

namespace attune {

/// A mechanism: scores [B, H, Tq, Tk] of query [B, H, Tq, D] and key [B, H, Tk, D].
using ScoreFunction = std::function<Tensor(const Tensor& query, const Tensor& key)>;

/// [B, H, M, K] x [B, H, K, N] -> [B, H, M, N], in fewer operations than matmul() takes.
[[nodiscard]] Tensor product(const Tensor& a, const Tensor& b);

/// Attention composed of LibTorch operations: the scores of all pairs are materialised. Masks, softmax, dropout,
/// weighted sum, statistics and interventions are here, once for every mechanism.
[[nodiscard]] Allocation composed_attention(const AttentionInputs& in, const AttentionSizes& sizes,
                                            const ScoreFunction& score, const AttentionOptions& options);

}  // namespace attune
