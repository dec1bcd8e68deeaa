// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "attune/kernels/reference/split_attention.hpp"

/// The gate of one row: from its tokens to its weights over branches. Shared by forward and backward.
namespace attune::reference {

struct SplitGate {
  std::vector<double> pooled;       ///< [W]
  std::vector<double> hidden;       ///< [hidden], after the relu
  std::vector<double> weights;      ///< [R, G]; the given ones where there are some
  std::vector<double> log_sum_exp;  ///< [G]
};

[[nodiscard]] inline const double* branch_at(const SplitInputs& in, int64_t token, int64_t branch) {
  return in.values + token * in.token_stride + branch * in.branch_stride;
}

/// The group of channel w.
[[nodiscard]] inline int64_t group_of(const SplitSizes& sizes, int64_t w) { return w / (sizes.W / sizes.G); }

/// Column g of [R, G].
[[nodiscard]] std::vector<double> group_column(const SplitSizes& sizes, const std::vector<double>& table, int64_t g);

/// A row without tokens: weights 0, log_sum_exp -infinity.
[[nodiscard]] SplitGate split_gate(const SplitInputs& in, int64_t row);

}  // namespace attune::reference
