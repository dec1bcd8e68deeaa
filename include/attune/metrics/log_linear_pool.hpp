// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "attune/metrics/class_scores.hpp"

namespace attune {

/// How two opinions on the same rows become one: softmax(first_weight * first + second_weight * second), the
/// logarithmic opinion pool (Genest, Zidek 1986, "Combining probability distributions", Statistical Science 1; Hinton
/// 2002, "Training products of experts").
struct LogLinearPool {
  double first_weight = 1;   ///< from 0.05 to 20
  double second_weight = 0;  ///< from 0 to 20
  int64_t rows = 0;          ///< rows it was fitted on, those with kUnseenLabel left out
};

/// Minimises the negative log likelihood, which is convex in the two weights. With the second weight 0 this is
/// fit_temperature(), first_weight being 1 / temperature; the fit is never worse than that one on its rows.
/// @param first, second  logits or log probabilities of the same rows and classes
/// @param smoothing      as in fit_temperature()
/// @throws UsageError when the two differ in size, a label is out of range or smoothing is not in [0, 1).
[[nodiscard]] LogLinearPool fit_log_linear_pool(const ClassScores& first, const ClassScores& second,
                                                std::span<const int64_t> labels, double smoothing = 0);

}  // namespace attune
