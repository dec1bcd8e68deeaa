// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/json.hpp"
#include "attune/model/model.hpp"
#include "attune/train/gradient_step.hpp"
#include "attune/train/train_config.hpp"
#include "attune/train/training_data.hpp"

namespace attune {

/// Where training stands, after every step.
struct TrainProgress {
  int64_t epoch = 0;  ///< from 1
  int64_t epochs = 0;
  int64_t rows = 0;  ///< trained in this epoch
  int64_t rows_total = 0;
  double loss = 0;  ///< mean over this epoch so far
  double rows_per_second = 0;
  double seconds_left = 0;   ///< of the whole training, validation not counted
  int64_t step = 0;          ///< of all epochs, from 1
  double step_loss = 0;      ///< of this step's batch
  double gradient_norm = 0;  ///< of this step, before it was clipped
  double learning_rate = 0;  ///< of this step
};

/// One line of the history.
struct EpochRecord {
  int64_t epoch = 0;
  double training_loss = 0;
  std::optional<double> validation_loss;  ///< none without validation rows
  std::optional<double> validation_metric;
  std::string metric;        ///< what validation_metric is: accuracy, r2, or their mean over several outputs
  double learning_rate = 0;  ///< of its last step
  double rows_per_second = 0;
  double seconds = 0;
  bool best = false;  ///< the best so far: its weights are kept
};
[[nodiscard]] Json to_json(const EpochRecord& record);
/// Back from to_json. What was not finite there is null in JSON, and comes back as not a number.
/// @throws Json::exception for what is no such record.
[[nodiscard]] EpochRecord epoch_record_from_json(const Json& json);

struct TrainCallbacks {
  /// Once, before the first step of a training that goes on from a checkpoint: the epochs that were complete there.
  std::function<void(const std::vector<EpochRecord>&)> on_resume;
  std::function<void(const TrainProgress&)> on_step;
  std::function<void(const EpochRecord&)> on_epoch;
  /// Asked after every step and, by several threads, while rows are read for validation.
  std::function<bool()> should_stop;
};

enum class TrainEnd {
  kFinished,     ///< all epochs
  kEarly,        ///< no better validation score for `patience` epochs
  kInterrupted,  ///< should_stop said so
  kTimeLimit,    ///< time_limit; the epoch at work was validated and compared as far as it had come
  kNotFinite,    ///< the loss or the gradient was no longer finite; `failure` says where
};

/// As a model's record says it: "finished", "stopped early", "interrupted", "time limit", "loss not finite".
[[nodiscard]] const char* end_name(TrainEnd end);

struct TrainResult {
  TrainEnd end = TrainEnd::kFinished;
  int64_t best_epoch = 0;  ///< whose weights the model has; 0: of no complete epoch
  int64_t steps = 0;
  std::vector<EpochRecord> history;
  std::string failure;  ///< kNotFinite: step, learning rate and advice
  /// From which a resumed training would go on; none: no checkpoint of this training was written.
  std::optional<int64_t> checkpoint_step;
};

/// Trains the model's network in place and leaves it with the best epoch's weights (by validation; with select = last,
/// and without validation rows, the last epoch's), its class outputs calibrated on the validation rows. Interrupted
/// before the first epoch ended, the weights are those of the last step, not calibrated: nothing to keep. Same tensor
/// bytes for every number of threads. The time limit counts from the call, and leaves at least one step. No checkpoints
/// are written; fit() does.
/// @throws UsageError for a configuration out of range or no training rows; InputError for cells that cannot be read.
TrainResult train(Model& model, const LabelledRows& training, const LabelledRows& validation, const TrainConfig& config,
                  uint64_t seed, Executor& executor, const TrainCallbacks& callbacks = {},
                  const GradientStep& step = ShardedStep());

}  // namespace attune
