// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "attune/explain/subject.hpp"

namespace attune {

/// The score of some versions of a row, and its derivatives.
struct AnswerGradient {
  std::vector<double> scores;                  // [S]
  std::vector<std::vector<double>> by_pooled;  // [S][C]
  Tensor by_logits;                            // [S, C] of the network
};

/// @param logits  [S, C] of the network
/// @param log_probabilities  [S][C] of the linear part, each empty without one
[[nodiscard]] AnswerGradient answer_gradient(const Subject& subject, const Tensor& logits,
                                             const std::vector<std::vector<double>>& log_probabilities);

}  // namespace attune
