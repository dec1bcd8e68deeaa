// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "attune/features/feature.hpp"

namespace attune {

/// What the scores [rows] of an output of numbers predict, in the column's own unit.
[[nodiscard]] std::vector<double> predicted_in_unit(const OutputFeature& output, std::span<const float> scores);

/// Its targets [rows], as it is trained on, in the column's own unit.
[[nodiscard]] std::vector<double> targets_in_unit(const OutputFeature& output, std::span<const double> targets);

}  // namespace attune
