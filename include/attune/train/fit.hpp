// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/json.hpp"
#include "attune/core/option_names.hpp"
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
  std::optional<Schema> schema = {};  ///< in place of both, which then are empty: with nothing left open to guess
  SplitOptions split;
  ModelConfig model;
  TrainConfig training;
  uint64_t seed = 1;
  bool baselines = true;  ///< what simple models reach on the validation rows is measured as well
  /// Where the caller is to write the model. Checkpoints are kept beside it, under its name and .checkpoint-a and -b,
  /// which only one training may do at a time (FileLock). Empty: none are written.
  std::filesystem::path model_file = {};
  bool resume = false;            ///< goes on from the newest checkpoint; without one, starts anew and notes it
  OptionNames option_names = {};  ///< how messages about several options call each of them
  /// Of the model from its first step on (Model::set_intervention). For experiments, such as attention that is uniform:
  /// the record says nothing of it, so that the model cannot be saved. Neither model_file nor resume goes with it.
  std::function<Intervention(std::string_view site)> intervention = {};
  /// From when training.time_limit counts.
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
};

/// Whether rows are held back or given to validate on.
[[nodiscard]] bool has_validation_rows(const FitRequest& request);

/// What fit() refuses of options alone, so that nobody waits for a table first: those that are out of range or do not
/// fit together, and a file of vectors that is not there.
/// @param request whose tables are not looked at
/// @param validation_table whether there is to be one
/// @throws UsageError, InputError
void check_options(const FitRequest& request, bool validation_table);

struct FitResult {
  Model model;  ///< its record holds training, data, history and metrics
  TrainResult training;
  /// Of the validation rows, as evaluate() and compare_with_baselines() give them; empty without any.
  Json metrics;
  bool was_done = false;  ///< resumed, but the model file was already that of this whole training: it is returned
};

struct FitCallbacks {
  std::function<void(const std::string& note)> on_note;  ///< decisions and warnings, as they are made
  TrainCallbacks training;  ///< should_stop is asked while tables are read as well, by several threads at once
};

/// Schema, split, features, training, calibration, metrics, baselines: a table to a model. When should_stop says so
/// while baselines are fitted, the time limit is up, or memory does not suffice for them, they are left out, and the
/// model stays. So is a linear part that half of the time limit does not suffice for; the training then ends by the
/// time limit, whatever epochs it made. Interrupted or ended by the time limit, a checkpoint of the last step remains;
/// a training that is resumed ends with the same tensor bytes as one that was never stopped.
/// @throws InputError, UsageError, as the parts do, and for a checkpoint of other options, tables or vectors;
/// StoppedError when should_stop said so before the first step.
[[nodiscard]] FitResult fit(const FitRequest& request, Executor& executor, const FitCallbacks& callbacks = {});

/// Once a training is over and its model written, its checkpoints are of no more use.
void remove_checkpoints(const std::filesystem::path& model_file);

}  // namespace attune
