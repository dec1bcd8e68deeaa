// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/json.hpp"
#include "attune/data/split.hpp"
#include "attune/data/table.hpp"
#include "attune/features/schema.hpp"
#include "attune/model/model.hpp"
#include "attune/train/trainer.hpp"

namespace attune {

/// All that a training is told, from the table to the last option.
struct FitRequest {
  std::shared_ptr<const Table> table;
  std::shared_ptr<const Table> validation;  ///< rows to validate on; null: `split` takes them from `table`
  std::vector<std::string> inputs;          ///< as parse_input reads them; none: every column that is no output
  std::vector<std::string> outputs;
  SplitOptions split;
  ModelConfig model;
  TrainConfig training;
  uint64_t seed = 1;
  bool baselines = true;  ///< what simple models reach on the validation rows is measured as well
};

struct FitResult {
  Model model;  ///< its record holds training, data, history and metrics
  TrainResult training;
  Json metrics;  ///< of the validation rows, as evaluate() and compare_with_baselines() give them; empty without any
};

struct FitCallbacks {
  std::function<void(const std::string& note)> on_note;  ///< decisions and warnings, as they are made
  TrainCallbacks training;  ///< should_stop is asked while tables are read as well, by several threads at once
};

/// Schema, split, features, training, calibration, metrics, baselines: a table to a model. When should_stop says so
/// while baselines are fitted, or memory does not suffice for them, they are left out, and the model stays.
/// @throws InputError, UsageError, as the parts do; StoppedError when should_stop said so before the first step.
[[nodiscard]] FitResult fit(const FitRequest& request, Executor& executor, const FitCallbacks& callbacks = {});

}  // namespace attune
