// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cpu_problem.hpp"

namespace attune::testing {

/// The composition that the fused kernels replace: scores, softmax and weighted sum of a query one after the other, in
/// float. Its error is what theirs is held to.
struct PlainResult {
  struct Gradients {
    std::vector<float> query, key, value, u;
  };
  std::vector<float> context, log_sum_exp, entropy;  ///< by token, head, number; likewise the others
  Gradients d;
  /// The same sums of squares, and their root: where each addend is off by a share of e on its own, the sum is off by
  /// about e times that.
  std::vector<float> context_magnitude;
  Gradients magnitude;
  float score_magnitude = 0;  ///< of products: the largest sum |q k| * scale; of additive scores: the largest sum |u|
};

PlainResult plain_attention(const CpuProblem& problem);

}  // namespace attune::testing
