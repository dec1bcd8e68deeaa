// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/baselines/baseline.hpp"
#include "attune/model/model.hpp"
#include "attune/train/training_data.hpp"

namespace attune {

/// Gives every class output a linear part, fitted on the training rows and regularised as suits the validation rows;
/// calibrate() says later how much it weighs. @throws StoppedError when control says so.
void fit_linear_parts(Model& model, const LabelledRows& training, const LabelledRows& validation,
                      const BaselineControl& control);

}  // namespace attune
