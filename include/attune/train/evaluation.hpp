// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/json.hpp"
#include "attune/model/model.hpp"
#include "attune/train/training_data.hpp"

namespace attune {

/// The two numbers that training watches: lower loss is better (negative log likelihood; mean squared error of the
/// scaled number), higher metric is better (accuracy; R2).
struct Watched {
  double loss = 0;
  double metric = 0;
};

/// What the metric is called: accuracy, r2, or "mean of metrics" for outputs of both kinds.
[[nodiscard]] std::string watched_metric(const LabelledRows& data);

/// Over all outputs: losses added, metrics averaged.
[[nodiscard]] Watched watch(const LabelledRows& data, const std::vector<Scores>& scores);

/// Every metric of docs/metrics.md, per output: {"output", "type", "rows", "accuracy", ..} or {.., "mse", ..}, shares
/// as fractions. Class outputs with what calibration changed. @throws UsageError for no rows.
[[nodiscard]] Json evaluate(const Model& model, const LabelledRows& data, Executor& executor);
/// The same for what the model's parts say of these rows, as Model::opinions() gave it.
[[nodiscard]] Json evaluate(const Model& model, const LabelledRows& data, const std::vector<Opinions>& opinions);

/// Fewer rows would say more about themselves than about the model.
inline constexpr int64_t kFewestToCalibrate = 30;

/// Sets each class output's temperature, and the weight of its linear part where it has one, to what fits its scores on
/// `data` best. With fewer than kFewestToCalibrate rows, and for outputs without rows of known classes, they stay.
void calibrate(Model& model, const LabelledRows& data, Executor& executor);

}  // namespace attune
