// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/train/repeated_fit.hpp"

namespace attune {

/// Of an output's metrics what several runs are compared by: "output", "rows", and the figures.
[[nodiscard]] Json figures_of(const Json& metrics);

/// RepeatedResult::summary of runs whose loss stayed finite.
[[nodiscard]] Json summary_of(const std::vector<RunRecord>& runs);

/// Of runs measured on the same rows the higher is the better one; minus infinity for what was not measured.
/// @param select as TrainConfig's
[[nodiscard]] double run_score(const Json& metrics, const std::string& select);

}  // namespace attune
