// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/model/model.hpp"
#include "attune/train/training_data.hpp"

namespace attune::app {

/// Per output with labels that the model never saw, a sentence that says how many rows have them and names the most
/// frequent ones, and another where some are known classes but for blanks or case.
[[nodiscard]] std::vector<std::string> unseen_label_warnings(const Model& model, const LabelledRows& data);

}  // namespace attune::app
