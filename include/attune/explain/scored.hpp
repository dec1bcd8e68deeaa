// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace attune {

/// How far a model leans to the answer that is explained.
struct Scored {
  /// A class: its log odds ln(P / (1 - P)), which keep telling rows apart where P is next to 0 or 1, and do not change
  /// when all logits rise alike. A number: the scaled number, in deviations of the training targets.
  double score = 0;
  double probability = 0;  ///< of the class; NaN for a number
};

/// @param pooled  a class output: [C] scores as Model::score() gives them; a number output: the scaled number
/// @param of_class  nothing for a number output
[[nodiscard]] Scored scored(std::span<const double> pooled, std::optional<int64_t> of_class);

/// The derivatives of the score by `pooled`.
[[nodiscard]] std::vector<double> score_slopes(std::span<const double> pooled, std::optional<int64_t> of_class);

}  // namespace attune
