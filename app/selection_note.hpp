// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/train/fit.hpp"

namespace attune::app {

/// Notes what else the rows that a training was measured on have decided, if anything, so that the figures flatter.
/// @param select as TrainConfig's
void note_selection(const FitResult& result, const std::string& select);

}  // namespace attune::app
