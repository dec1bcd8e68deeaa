// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace attune {

/// Makes the attention operators known to LibTorch's dispatcher, so that `torch.ops.attune.NAME` and scripts find them:
///
///   additive_attention        (query, key, value, u, *, OPTIONS)
///   dot_attention             (query, key, value, *, OPTIONS)
///   multiplicative_attention  (query, key, value, w, *, OPTIONS)
///   scaled_dot_attention      (query, key, value, *, scale=None, OPTIONS)
///
/// Arguments as in attune/ops/attention.hpp. OPTIONS are query_offsets, key_offsets, mask (None), causal (False),
/// dropout (0.0), dropout_seed (0) and kernels ("automatic"). Each returns (context, log_sum_exp). They are
/// differentiable, once where the fused kernels compute, which raise an error within autocast.
///
/// Calling it once, from anywhere, links them into a program. C++ that calls the functions of attune/ops/attention.hpp
/// needs no names, and so no call. Thread-safe.
void register_operators();

}  // namespace attune
