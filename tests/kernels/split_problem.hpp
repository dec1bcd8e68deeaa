// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "attune/kernels/reference/split_attention.hpp"
#include "strided_buffer.hpp"

namespace attune::testing {

struct SplitCase {
  int64_t R = 2, W = 4, G = 1, hidden = 3;
  std::vector<int64_t> lengths = {1};
  Layout layout = Layout::kContiguous;
};

/// One split attention call with buffers of its own, filled at random from the case alone.
struct SplitProblem {
  explicit SplitProblem(const SplitCase& c);
  SplitProblem(const SplitProblem&) = delete;  // `in` points into the buffers
  SplitProblem& operator=(const SplitProblem&) = delete;

  std::vector<int64_t> offsets;
  StridedBuffer values, hidden_weight, hidden_bias, logit_weight, logit_bias;
  StridedBuffer given_weights;  ///< not in use until put into `in`
  reference::SplitInputs in;
};

struct SplitResult {
  explicit SplitResult(const SplitProblem& problem);
  StridedBuffer context, weights, log_sum_exp, entropy;
};

/// Runs the kernel and asserts that nothing outside the outputs was written.
SplitResult run_split(const SplitProblem& problem);

struct SplitGradientResult {
  explicit SplitGradientResult(const SplitProblem& problem);
  StridedBuffer values, hidden_weight, hidden_bias, logit_weight, logit_bias;
};

/// @param d_context [N, 1, W].
SplitGradientResult run_split_backward(const SplitProblem& problem, const StridedBuffer& d_context);

}  // namespace attune::testing
