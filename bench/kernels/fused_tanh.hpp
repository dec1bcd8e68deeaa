// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/core/executor.hpp"
#include "attune/kernels/cpu/attention.hpp"

namespace attune::bench {

/// Additive attention as the kernels compute it in everything but the scores: here with one tanh for each feature of
/// each pair, the fastest that we know how to write. What the product's kernels are ahead of it by is what factoring
/// the exponentials brings. Neither dropout nor few queries have a path of their own.
void fused_tanh_attention(const cpu::AttentionInputs& in, const cpu::AttentionOutputs& out, Executor& executor);

}  // namespace attune::bench
