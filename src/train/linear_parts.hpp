// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/baselines/baseline.hpp"
#include "attune/model/model.hpp"
#include "attune/train/training_data.hpp"
#include "time_limit.hpp"

namespace attune {

/// Gives every class output a linear part, fitted on the training rows and regularised as suits the validation rows;
/// calibrate() says later how much it weighs. Those that half of the time does not suffice for are left out with a
/// note; that is looked at between rows and between fits. @return whether none was. @throws StoppedError when control
/// says so.
bool fit_linear_parts(Model& model, const LabelledRows& training, const LabelledRows& validation,
                      const TimeLimit& limit, const BaselineControl& control);

/// What the linear parts take to judge all these rows: an estimate in seconds, from some of them; 0 without any part.
[[nodiscard]] double linear_seconds(const Model& model, const LabelledRows& data, Executor& executor);

}  // namespace attune
