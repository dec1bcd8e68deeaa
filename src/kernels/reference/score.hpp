// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/kernels/reference/attention.hpp"

/// One score and its derivative, by mechanism: a new position-allocating mechanism is one case more in each.
namespace attune::reference {

/// @param query, key [D] each.
[[nodiscard]] double score(const AttentionInputs& in, int64_t head, const double* query, const double* key);

/// Where one score's gradients are added; null: not wanted.
struct ScoreGradients {
  double* query = nullptr;   ///< [D]
  double* key = nullptr;     ///< [D]
  double* u = nullptr;       ///< [H, D]
  double* matrix = nullptr;  ///< [H, D, D]
};

void add_score_gradients(const AttentionInputs& in, int64_t head, const double* query, const double* key,
                         double d_score, const ScoreGradients& gradients);

}  // namespace attune::reference
