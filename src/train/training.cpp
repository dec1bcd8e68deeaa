// SPDX-License-Identifier: Apache-2.0
#include "training.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/data/batching.hpp"
#include "attune/data/stoppable_table.hpp"

namespace attune {
namespace {

/// Without frozen ones: they come from their file, which is part of the run's identity.
std::vector<Tensor> detached(const std::vector<Parameter>& parameters) {
  std::vector<Tensor> result;
  for (const auto& parameter : parameters) {
    if (parameter.trained) result.push_back(parameter.value.detach());
  }
  return result;
}

std::vector<Tensor> copies(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> result;
  for (const auto& tensor : tensors) result.push_back(tensor.clone());
  return result;
}

void overwrite(const std::vector<Tensor>& tensors, const std::vector<Tensor>& values) {
  for (size_t t = 0; t < tensors.size(); ++t) Tensor(tensors[t]).copy_(values[t]);
}

bool are_finite(const std::vector<Tensor>& tensors) {
  return std::all_of(tensors.begin(), tensors.end(),
                     [](const auto& tensor) { return at::isfinite(tensor).all().template item<bool>(); });
}

bool are_finite(const std::vector<Scores>& scores) {
  const auto is_finite = [](float value) { return std::isfinite(value); };
  return std::all_of(scores.begin(), scores.end(), [&](const auto& of_output) {
    return std::all_of(of_output.values.begin(), of_output.values.end(), is_finite);
  });
}

const TrainingTask& checked(const TrainingTask& task) {
  check(task.config, "training");
  if (task.training.rows.empty()) throw UsageError("no rows are left to train on");
  return task;
}

}  // namespace

Training::Training(const TrainingTask& task, const TimeLimit& limit, Checkpointing& checkpoints)
    : task_(checked(task)),
      limit_(limit),
      checkpoints_(checkpoints),
      key_(RandomKey(task.seed).with("training")),
      optimizer_(parameters(), task.config.weight_decay),
      weights_(class_weights(task.model, task.config.class_weights)),
      positions_(task.training.rows.size()) {
  std::iota(positions_.begin(), positions_.end(), 0);
  const auto rows = static_cast<int64_t>(positions_.size());
  steps_ = task_.config.epochs * ((rows + task_.config.batch_size - 1) / task_.config.batch_size);
  state_.parameters = detached(parameters());
  auto moments = optimizer_.moments();
  state_.means = std::move(moments.means);
  state_.squares = std::move(moments.squares);
  state_.updates = std::move(moments.updates);
}

TrainResult Training::run() {
  checkpoints_.restore(state_);
  if (state_.steps > 0 && task_.callbacks.on_resume) task_.callbacks.on_resume(state_.history);
  try {
    run_epochs();
  } catch (const StoppedError&) {  // while an epoch was validated, which is then none of the complete ones
    result_.end = TrainEnd::kInterrupted;
  }
  if (result_.end == TrainEnd::kInterrupted) checkpoints_.at_interrupt(state_);
  result_.checkpoint_step = checkpoints_.step();
  result_.steps = state_.steps;
  result_.best_epoch = state_.best_epoch;
  result_.history = std::move(state_.history);
  if (state_.best.empty()) return std::move(result_);
  result_.history[static_cast<size_t>(result_.best_epoch - 1)].best = true;
  overwrite(state_.parameters, state_.best);
  if (has_validation()) calibrate(task_.model, task_.validation, task_.executor);
  return std::move(result_);
}

void Training::run_epochs() {
  while (state_.epoch <= task_.config.epochs) {
    if (is_out_of_patience()) {
      result_.end = TrainEnd::kEarly;
      return;
    }
    if (is_time_up()) {
      result_.end = TrainEnd::kTimeLimit;
      checkpoints_.at_time_limit(state_);
      return;
    }
    if (!run_epoch()) return;
  }
}

bool Training::is_out_of_patience() const {
  const auto complete = state_.epoch - 1;
  return task_.config.patience > 0 && has_validation() && complete - state_.best_epoch >= task_.config.patience;
}

bool Training::run_epoch() {
  const auto batches = make_batches(positions_, task_.training.lengths, task_.config.batch_size,
                                    key_.with("batches").with(static_cast<uint64_t>(state_.epoch)));
  passed_ = Clock::now();
  while (state_.batch < std::ssize(batches)) {
    if (!run_step(batches[static_cast<size_t>(state_.batch)])) return false;
    if (!goes_on_after_step(state_.batch == std::ssize(batches))) return false;
  }
  if (!close_epoch()) return false;
  state_.begin_epoch(state_.epoch + 1);
  checkpoints_.after_epoch(state_);
  return true;
}

bool Training::run_step(std::span<const int64_t> positions) {
  const auto begun = Clock::now();
  const auto batch = make_training_batch(task_.training, positions, weights_);
  const double rate = learning_rate_at(task_.config, state_.steps, steps_);
  const auto key = key_.with("step").with(static_cast<uint64_t>(state_.steps));
  auto gradients = task_.step(task_.model, task_.training, batch, key, task_.executor);
  const double norm = clip_gradients(gradients.values, task_.config.clip_norm);
  if (!std::isfinite(gradients.loss) || !std::isfinite(norm)) return fail("the loss is", state_.steps + 1, rate);
  optimizer_.step(gradients.values, rate, task_.executor);
  ++state_.steps;
  ++state_.batch;
  state_.learning_rate = rate;
  step_loss_ = gradients.loss;
  gradient_norm_ = norm;
  state_.loss_sum += gradients.loss * static_cast<double>(positions.size());
  state_.rows_done += static_cast<int64_t>(positions.size());
  count_step(std::chrono::duration<double>(Clock::now() - begun).count(), positions.size());
  pass_time();
  return true;
}

void Training::count_step(double seconds, size_t rows) {
  ++steps_here_;
  longest_step_ = std::max(longest_step_, seconds);
  const double of_row = seconds / static_cast<double>(rows);
  if (steps_here_ == 2 || (steps_here_ > 2 && of_row < seconds_a_row_)) seconds_a_row_ = of_row;
}

bool Training::goes_on_after_step(bool last_of_epoch) {
  const auto& callbacks = task_.callbacks;
  if (callbacks.on_step) callbacks.on_step(progress());
  if (callbacks.should_stop && callbacks.should_stop()) {
    result_.end = TrainEnd::kInterrupted;
    return false;
  }
  if (!last_of_epoch && is_time_up()) {
    result_.end = TrainEnd::kTimeLimit;
    checkpoints_.at_time_limit(state_);  // first, so that a resumed training knows nothing of the comparison
    close_epoch();
    return false;
  }
  checkpoints_.after_step(state_);
  return true;
}

bool Training::is_time_up() const {
  if (!limit_.exists() || steps_here_ == 0) return false;
  // The epoch at work is validated, the model calibrated and measured, both with its linear parts; a checkpoint and the
  // model are written.
  const double to_end = 3 * validation_seconds() + 2 * task_.linear_seconds + 2 * checkpoints_.seconds_to_write();
  return limit_.is_up(to_end + longest_step_);
}

/// Before the first time: a third of what training on the rows would take, most of which goes into gradients. After a
/// single step not even that is known.
double Training::validation_seconds() const {
  if (!has_validation() || validation_took_ > 0) return validation_took_;
  return static_cast<double>(task_.validation.rows.size()) * seconds_a_row_ / 3;
}

bool Training::fail(const std::string& what, int64_t step, double rate) {
  result_.end = TrainEnd::kNotFinite;
  result_.failure = what + " no longer finite at step " + std::to_string(step) + " of " + std::to_string(steps_) +
                    " (epoch " + std::to_string(state_.epoch) + ", learning rate " + Json(rate).dump() +
                    "); try a lower learning rate, a smaller clip_norm, or look for extreme numbers in the table";
  return false;
}

TrainProgress Training::progress() const {
  const double speed = static_cast<double>(state_.rows_done) / std::max(1e-9, state_.epoch_seconds);
  const auto total = static_cast<int64_t>(positions_.size());
  const auto left = static_cast<double>((task_.config.epochs - state_.epoch) * total + total - state_.rows_done);
  return {.epoch = state_.epoch,
          .epochs = task_.config.epochs,
          .rows = state_.rows_done,
          .rows_total = total,
          .loss = state_.loss_sum / static_cast<double>(state_.rows_done),
          .rows_per_second = speed,
          .seconds_left = std::clamp(limit_.seconds_left(), 0.0, left / speed),
          .step = state_.steps,
          .step_loss = step_loss_,
          .gradient_norm = gradient_norm_,
          .learning_rate = state_.learning_rate};
}

/// Validates the epoch at work, as far as it has come. False when its last step broke the weights, which no later step
/// would have told.
bool Training::close_epoch() {
  const auto reached = progress();
  if (!are_finite(state_.parameters)) return fail("the weights are", state_.steps, state_.learning_rate);
  EpochRecord record{.epoch = state_.epoch,
                     .training_loss = reached.loss,
                     .validation_loss = {},
                     .validation_metric = {},
                     .metric = watched_metric(task_.training),
                     .learning_rate = state_.learning_rate,
                     .rows_per_second = reached.rows_per_second};
  double score = -reached.loss;
  if (has_validation()) {
    const auto watched = validate();
    if (!watched) return fail("the validation scores are", state_.steps, state_.learning_rate);
    record.validation_loss = watched->loss;
    record.validation_metric = watched->metric;
    score = task_.config.select == "metric" ? watched->metric : -watched->loss;
  }
  keep_if_best(record, score);
  pass_time();
  record.seconds = state_.epoch_seconds;
  state_.history.push_back(record);
  if (task_.callbacks.on_epoch) task_.callbacks.on_epoch(record);
  return true;
}

/// None when a score is not finite. @throws StoppedError
std::optional<Watched> Training::validate() {
  const auto begun = Clock::now();
  const StoppableTable table(task_.validation.table, task_.callbacks.should_stop);
  const auto scores = task_.model.score(table, task_.validation.rows, task_.executor);
  validation_took_ = std::chrono::duration<double>(Clock::now() - begun).count();
  if (!are_finite(scores)) return std::nullopt;
  return watch(task_.validation, scores);
}

void Training::keep_if_best(EpochRecord& record, double score) {
  // Without validation rows nothing tells epochs apart, and the last one is kept.
  const bool compares = has_validation() && task_.config.select != "last";
  if (compares && state_.best_epoch > 0 && !(score > state_.best_score)) return;
  record.best = compares;  // else the last epoch is, which is known when it ends
  state_.best_score = score;
  state_.best_epoch = state_.epoch;
  state_.best = copies(state_.parameters);
}

void Training::pass_time() {
  const auto now = Clock::now();
  state_.epoch_seconds += std::chrono::duration<double>(now - passed_).count();
  passed_ = now;
}

}  // namespace attune
