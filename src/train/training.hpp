// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attune/core/random.hpp"
#include "attune/train/evaluation.hpp"
#include "attune/train/optimizer.hpp"
#include "attune/train/trainer.hpp"
#include "checkpointing.hpp"
#include "time_limit.hpp"
#include "training_state.hpp"

namespace attune {

/// The arguments of train().
struct TrainingTask {
  Model& model;
  const LabelledRows& training;
  const LabelledRows& validation;
  const TrainConfig& config;
  uint64_t seed;
  Executor& executor;
  const TrainCallbacks& callbacks;
  const GradientStep& step;
  double linear_seconds = 0;  ///< that the linear parts take to judge the validation rows; the network's are measured
};

/// One training, step by step: train() with checkpoints and a time limit.
class Training {
 public:
  /// @param checkpoints begun. @throws UsageError for a configuration out of range or no training rows.
  Training(const TrainingTask& task, const TimeLimit& limit, Checkpointing& checkpoints);
  /// Call once. @throws as train(); ModelFileError for a checkpoint that does not fit the network.
  TrainResult run();

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] const std::vector<Parameter>& parameters() const { return task_.model.network().parameters().all(); }
  [[nodiscard]] bool has_validation() const { return !task_.validation.rows.empty(); }
  [[nodiscard]] bool is_out_of_patience() const;
  [[nodiscard]] bool is_time_up() const;
  [[nodiscard]] double validation_seconds() const;
  [[nodiscard]] TrainProgress progress() const;

  // Those that return a bool say false when training is to end; result_.end then says why.
  void run_epochs();
  bool run_epoch();
  bool run_step(std::span<const int64_t> positions);
  bool goes_on_after_step(bool last_of_epoch);
  bool close_epoch();
  std::optional<Watched> validate();
  void keep_if_best(EpochRecord& record, double score);
  bool fail(const std::string& what, int64_t step, double rate);
  void count_step(double seconds, size_t rows);
  void pass_time();

  const TrainingTask task_;
  const TimeLimit limit_;
  Checkpointing& checkpoints_;
  const RandomKey key_;
  AdamW optimizer_;
  std::vector<std::vector<double>> weights_;  ///< of classes
  std::vector<int64_t> positions_;
  int64_t steps_ = 0;  ///< of all epochs

  TrainingState state_;
  TrainResult result_;
  Clock::time_point passed_;  ///< up to which epoch_seconds counts
  int64_t steps_here_ = 0;    ///< made by this run
  double step_loss_ = 0;      ///< of the last step, as its norm
  double gradient_norm_ = 0;
  double longest_step_ = 0;     ///< seconds
  double seconds_a_row_ = 0;    ///< of the fastest step but the first, which warms up
  double validation_took_ = 0;  ///< seconds; 0: not known yet
};

}  // namespace attune
