// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "attune/kernels/cpu/attention.hpp"
#include "cpu/forward.hpp"

namespace attune::cpu {

/// One call, as all its tiles see it.
struct BackwardCall {
  ForwardCall scores;
  const HeadArray<const float>& d_context;
  const AttentionGradients& gradients;
  /// By row, head and query: the row's first is query_offsets[b] * H + h * Tq.
  const float* log_sum_exp;  ///< in units of ln 2; +infinity where a query may attend to nothing, which gives weights 0
  const float* log_sum_exp_remainder;  ///< what float32 leaves out of it
  const float* delta;                  ///< d_context . context
};

/// Some keys of one key head of one row, with all queries that may attend to them: what one thread works on at a time.
/// It alone writes these keys' and values' gradients.
struct KeyBlock {
  int64_t b, key_head, first, end;
  /// Where the queries' gradients are added up: [H / Hkv, Tq, D] of this block alone; null: in the result itself.
  float* d_query;
  float* d_u;  ///< [H / Hkv, A], this block's part; null unless additive
};

struct BackwardKernel {
  int64_t (*scratch_floats)(const AttentionInputs& in, int64_t keys);
  void (*run)(const BackwardCall& call, const KeyBlock& block, float* scratch);
};

/// @param queries of the row
[[nodiscard]] const BackwardKernel& backward_kernel(Score score, int64_t queries);

}  // namespace attune::cpu
