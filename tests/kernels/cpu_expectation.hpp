// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cpu_plain_attention.hpp"
#include "cpu_problem.hpp"

namespace attune::testing {

/// What the reference says of a problem, and how far from it fused kernels may be.
///
/// error(fused) <= 2 error(plain composition in float) + allowed, errors being the largest of an array. Allowed is what
/// a fused kernel needs where the composition is exact by chance or by more work:
///   score        1e-6 sum |u| for additive ones, as attention.hpp promises; two roundings for products, since scores
///                are kept in units of ln 2
///   share        of a weight: a score that is off by e shifts its weight by a share of e, and the sum of weights by as
///                much; and four roundings, of exponential, reciprocal, factor between tiles and result
///   log_sum_exp  that of a score, and two roundings of the logarithm
///   entropy      a share of the most it can be
/// Contexts and gradients are allowed their share of the magnitudes of PlainResult; and every sum two roundings of the
/// largest there is, since it grows in another order.
class CpuExpectation {
 public:
  explicit CpuExpectation(const CpuProblem& problem);

  void expect_forward(const CpuResult& fused) const;
  void expect_backward(const CpuGradients& fused) const;

 private:
  const CpuProblem& problem_;
  AttentionResult exact_;
  AttentionGradientResult exact_d_;
  PlainResult plain_;
  double share_, log_sum_exp_, entropy_;
};

}  // namespace attune::testing
