// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "attune/baselines/baseline.hpp"
#include "attune/core/json.hpp"
#include "attune/model/model.hpp"
#include "attune/train/training_data.hpp"

namespace attune {

/// With fewer rows it is not said which of two is better.
inline constexpr int64_t kFewestToCompare = 10;

/// Fits the baselines that suit the model's schema on training rows, lets them predict the rows that the model was
/// measured on, and puts beside each output's metrics "baselines": [{"name", "accuracy", "balanced_accuracy" (of
/// numbers: "mean_squared_error", "r2"), "difference", "interval": [low, high], "better"}], where the difference is the
/// model's accuracy (of numbers: mean squared error) less the baseline's, the interval is that of paired_bootstrap(),
/// and better says whether the model is: true, false, or null where the interval holds 0 or the rows are too few. A
/// figure that no double holds is null.
/// @param metrics  of evaluate(), for the same rows and scores
/// @param training rows of its table; more than baseline_rows() allows are sampled, which is noted
/// @throws StoppedError, and what reading the tables throws; `metrics` is then as it was.
void compare_with_baselines(Json& metrics, const Model& model, const Table& table, std::span<const int64_t> training,
                            const LabelledRows& measured, const std::vector<Scores>& scores,
                            const BaselineControl& control);

}  // namespace attune
