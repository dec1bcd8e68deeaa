// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "attune/features/feature.hpp"
#include "attune/model/model.hpp"

namespace attune {

// How right each row is: what rows are compared by, such as in paired_bootstrap(). Thread-safe.

/// Of each row: for classes 1 where the predicted one is right, else 0 (so also where the label is none of the
/// classes); for numbers the squared error in the column's own unit, which may be infinite. Their mean is the accuracy,
/// or the mean squared error.
///   predicted, truth  [rows] classes, or numbers in the column's unit
/// @throws UsageError for different kinds or numbers of rows.
[[nodiscard]] std::vector<double> row_scores(const Targets& predicted, const Targets& truth);

/// The same of what a model says. @param targets as Model::targets() gives them, in the unit that is trained on
[[nodiscard]] std::vector<double> row_scores(const OutputFeature& output, const Targets& targets, const Scores& scores);

/// What scores predict: the class of the highest (of equal ones the first), or the number in the column's unit.
[[nodiscard]] Targets predictions_of(const OutputFeature& output, const Scores& scores);

/// Targets as Model::targets() gives them, with numbers in the column's unit.
[[nodiscard]] Targets in_unit(const OutputFeature& output, const Targets& targets);

}  // namespace attune
