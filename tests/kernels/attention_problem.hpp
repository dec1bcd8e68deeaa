// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "attune/kernels/reference/attention.hpp"
#include "strided_buffer.hpp"

namespace attune::testing {

enum class MaskKind { kNone, kCausal, kBoolean, kEmptyQuery };

inline constexpr reference::Score kScores[] = {reference::Score::kAdditive, reference::Score::kDot,
                                               reference::Score::kMultiplicative, reference::Score::kScaledDot};
inline constexpr MaskKind kMasks[] = {MaskKind::kNone, MaskKind::kCausal, MaskKind::kBoolean, MaskKind::kEmptyQuery};

std::string name_of(reference::Score score);
std::string name_of(MaskKind mask);

/// Uniform in [-1, 1), the same on every platform.
double uniform(std::mt19937_64& random);

std::vector<int64_t> offsets_of(const std::vector<int64_t>& lengths);

struct AttentionCase {
  reference::Score score = reference::Score::kScaledDot;
  int64_t H = 1, Hkv = 1, D = 1, Dv = 1;
  std::vector<int64_t> query_lengths = {1};
  std::vector<int64_t> key_lengths = {1};
  MaskKind mask = MaskKind::kNone;  ///< kEmptyQuery: as kBoolean, and query 0 of row 0 may attend to nothing
  Layout layout = Layout::kContiguous;
};

/// One attention call with buffers of its own, filled at random from the case alone.
struct AttentionProblem {
  explicit AttentionProblem(const AttentionCase& c);
  AttentionProblem(const AttentionProblem&) = delete;  // `in` points into the buffers
  AttentionProblem& operator=(const AttentionProblem&) = delete;

  std::vector<int64_t> query_offsets, key_offsets;
  int64_t Nq, Nk, pairs;
  StridedBuffer query, key, value, u, matrix;
  std::vector<uint8_t> mask;
  reference::AttentionInputs in;

  /// Per-pair and per-head numbers, not in use until put into `in`.
  StridedBuffer dropout, given_weights, head_gate;
};

/// The outputs of one call, each in a guarded buffer.
struct AttentionResult {
  AttentionResult(const AttentionProblem& problem, Layout layout);
  bool rest_untouched() const;

  StridedBuffer context, log_sum_exp, entropy, received, weights;
};

/// Runs the kernel and asserts that nothing outside the outputs was written.
AttentionResult run_attention(const AttentionProblem& problem, Layout layout = Layout::kGapped);

/// The gradients of one call, each in a guarded buffer.
struct AttentionGradientResult {
  explicit AttentionGradientResult(const AttentionProblem& problem, Layout layout);
  bool rest_untouched() const;

  StridedBuffer query, key, value, u, matrix, head_gate;
};

AttentionGradientResult run_attention_backward(const AttentionProblem& problem, const StridedBuffer& d_context,
                                               Layout layout = Layout::kGapped);

}  // namespace attune::testing
