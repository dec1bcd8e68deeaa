// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

#include "attune/kernels/cpu/attention.hpp"
#include "cpu/additive_fold.hpp"
#include "cpu/row.hpp"

namespace attune::cpu {

/// One call, as all its tiles see it.
struct ForwardCall {
  const AttentionInputs& in;
  const AttentionOutputs& out;
  const AdditiveFold* fold;  ///< of additive scores
};

/// Some queries of one head of one row: what one thread works on at a time.
struct QueryBlock {
  int64_t b, h, first, count;
};

/// The forward pass of one kind of scores, for one instruction set.
struct ForwardKernel {
  int64_t most_queries;   ///< of a block
  int64_t fewer_queries;  ///< of a block, where larger ones would be too few to share
  int64_t panel_keys;     ///< keys in a panel
  int64_t (*panel_floats)(const AttentionInputs& in);
  /// For a block of a row with so many keys.
  int64_t (*scratch_floats)(const AttentionInputs& in, int64_t keys);
  /// Panels `first` to `end` of a row's keys, to where panel 0 would be.
  void (*pack)(const ForwardCall& call, const Row& row, int64_t first, int64_t end, float* panels);
  /// @param panels of all the row's keys; null: they are packed on the way
  void (*attend)(const ForwardCall& call, const QueryBlock& block, const float* panels, float* scratch);
};

/// @param queries of the row: a few are scored in another way
[[nodiscard]] const ForwardKernel& forward_kernel(Score score, int64_t queries);

/// The kernel whose panels PackedKeys holds, for any number of queries.
[[nodiscard]] inline const ForwardKernel& packed_keys_kernel(Score score) {
  return forward_kernel(score, std::numeric_limits<int64_t>::max());
}

}  // namespace attune::cpu
