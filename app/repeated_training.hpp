// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/train/repeated_fit.hpp"
#include "run_config.hpp"
#include "training_watch.hpp"

namespace attune::app {

/// attune train with --seeds or --folds: a result per run, then what they have in common, and the model that is kept,
/// which is written as soon as a run makes it the one to keep. Returns the exit code.
int train_repeatedly(const FitRequest& request, const RunConfig& config, Executor& executor, TrainingWatch& watch,
                     bool json);

}  // namespace attune::app
