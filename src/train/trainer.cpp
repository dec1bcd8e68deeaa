// SPDX-License-Identifier: Apache-2.0
#include "attune/train/trainer.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/data/batching.hpp"
#include "attune/train/evaluation.hpp"
#include "attune/train/optimizer.hpp"
#include "stoppable_table.hpp"

namespace attune {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::vector<Tensor> copies(const std::vector<Parameter>& parameters) {
  const at::NoGradGuard no_gradients;
  std::vector<Tensor> result;
  for (const auto& parameter : parameters) result.push_back(parameter.value.detach().clone());
  return result;
}

void restore(const std::vector<Parameter>& parameters, const std::vector<Tensor>& values) {
  const at::NoGradGuard no_gradients;
  for (size_t p = 0; p < parameters.size(); ++p) Tensor(parameters[p].value).copy_(values[p]);
}

bool are_finite(const std::vector<Parameter>& parameters) {
  const at::NoGradGuard no_gradients;
  return std::all_of(parameters.begin(), parameters.end(),
                     [](const auto& p) { return at::isfinite(p.value).all().template item<bool>(); });
}

bool are_finite(const std::vector<Scores>& scores) {
  const auto is_finite = [](float value) { return std::isfinite(value); };
  return std::all_of(scores.begin(), scores.end(), [&](const auto& of_output) {
    return std::all_of(of_output.values.begin(), of_output.values.end(), is_finite);
  });
}

/// One training, step by step. The public function below is its story.
class Training {
 public:
  Training(Model& model, const LabelledRows& training, const LabelledRows& validation, const TrainConfig& config,
           uint64_t seed, Executor& executor, const TrainCallbacks& callbacks, const GradientStep& step)
      : model_(model),
        training_(training),
        validation_(validation),
        config_(config),
        key_(RandomKey(seed).with("training")),
        executor_(executor),
        callbacks_(callbacks),
        step_(step),
        optimizer_(model.network().parameters().all(), config.weight_decay),
        weights_(class_weights(model, config.class_weights)),
        positions_(training.rows.size()) {
    std::iota(positions_.begin(), positions_.end(), 0);
    const auto rows = static_cast<int64_t>(positions_.size());
    steps_ = config.epochs * ((rows + config.batch_size - 1) / config.batch_size);
  }

  TrainResult run() {
    try {
      run_epochs();
    } catch (const StoppedError&) {  // while an epoch was validated, which is then none of the complete ones
      result_.end = TrainEnd::kInterrupted;
    }
    if (best_.empty()) return std::move(result_);
    result_.history[static_cast<size_t>(result_.best_epoch - 1)].best = true;
    restore(parameters(), best_);
    if (has_validation()) calibrate(model_, validation_, executor_);
    return std::move(result_);
  }

 private:
  const std::vector<Parameter>& parameters() const { return model_.network().parameters().all(); }
  bool has_validation() const { return !validation_.rows.empty(); }

  void run_epochs() {
    for (int64_t epoch = 1; epoch <= config_.epochs; ++epoch) {
      if (!run_epoch(epoch)) return;
      if (config_.patience > 0 && has_validation() && epoch - result_.best_epoch >= config_.patience &&
          epoch < config_.epochs) {
        result_.end = TrainEnd::kEarly;
        return;
      }
    }
  }

  /// False when training is to end within the epoch.
  bool run_epoch(int64_t epoch) {
    epoch_start_ = Clock::now();
    loss_sum_ = 0;
    rows_done_ = 0;
    const auto batches = make_batches(positions_, training_.lengths, config_.batch_size,
                                      key_.with("batches").with(static_cast<uint64_t>(epoch)));
    for (const auto& positions : batches) {
      if (!run_step(epoch, positions)) return false;
    }
    return finish_epoch(epoch);
  }

  bool run_step(int64_t epoch, std::span<const int64_t> positions) {
    const auto batch = make_training_batch(training_, positions, weights_);
    const double rate = learning_rate_at(config_, result_.steps, steps_);
    auto gradients =
        step_(model_, training_, batch, key_.with("step").with(static_cast<uint64_t>(result_.steps)), executor_);
    const double norm = clip_gradients(gradients.values, config_.clip_norm);
    if (!std::isfinite(gradients.loss) || !std::isfinite(norm))
      return fail("the loss is", result_.steps + 1, epoch, rate);
    optimizer_.step(gradients.values, rate, executor_);
    ++result_.steps;
    rate_ = rate;
    loss_sum_ += gradients.loss * static_cast<double>(positions.size());
    rows_done_ += static_cast<int64_t>(positions.size());
    if (callbacks_.on_step) callbacks_.on_step(progress(epoch));
    if (!callbacks_.should_stop || !callbacks_.should_stop()) return true;
    result_.end = TrainEnd::kInterrupted;
    return false;
  }

  bool fail(const std::string& what, int64_t step, int64_t epoch, double rate) {
    result_.end = TrainEnd::kNotFinite;
    result_.failure = what + " no longer finite at step " + std::to_string(step) + " of " + std::to_string(steps_) +
                      " (epoch " + std::to_string(epoch) + ", learning rate " + Json(rate).dump() +
                      "); try a lower learning rate, a smaller clip_norm, or look for extreme numbers in the table";
    return false;
  }

  TrainProgress progress(int64_t epoch) const {
    const double seconds = std::max(1e-9, seconds_since(epoch_start_));
    const double speed = static_cast<double>(rows_done_) / seconds;
    const auto total = static_cast<int64_t>(positions_.size());
    const auto left = static_cast<double>((config_.epochs - epoch) * total + total - rows_done_);
    return {.epoch = epoch,
            .epochs = config_.epochs,
            .rows = rows_done_,
            .rows_total = total,
            .loss = loss_sum_ / static_cast<double>(rows_done_),
            .rows_per_second = speed,
            .seconds_left = left / speed};
  }

  /// False when the epoch's last step broke the weights, which no later step would have told.
  bool finish_epoch(int64_t epoch) {
    const auto reached = progress(epoch);
    EpochRecord record{.epoch = epoch,
                       .training_loss = reached.loss,
                       .validation_loss = {},
                       .validation_metric = {},
                       .metric = watched_metric(training_),
                       .learning_rate = rate_,
                       .rows_per_second = reached.rows_per_second};
    double score = -reached.loss;
    if (!are_finite(parameters())) return fail("the weights are", result_.steps, epoch, rate_);
    if (has_validation()) {
      const StoppableTable table(validation_.table, callbacks_.should_stop);
      const auto scores = model_.score(table, validation_.rows, executor_);
      if (!are_finite(scores)) return fail("the validation scores are", result_.steps, epoch, rate_);
      const auto watched = watch(validation_, scores);
      record.validation_loss = watched.loss;
      record.validation_metric = watched.metric;
      score = config_.select == "metric" ? watched.metric : -watched.loss;
    }
    // Without validation rows nothing tells epochs apart, and the last one is kept.
    const bool compares = has_validation() && config_.select != "last";
    if (!compares || result_.best_epoch == 0 || score > best_score_) {
      record.best = compares;  // else the last epoch is, which is known when it ends
      best_score_ = score;
      best_ = copies(parameters());
      result_.best_epoch = epoch;
    }
    record.seconds = seconds_since(epoch_start_);
    result_.history.push_back(record);
    if (callbacks_.on_epoch) callbacks_.on_epoch(record);
    return true;
  }

  Model& model_;
  const LabelledRows& training_;
  const LabelledRows& validation_;
  const TrainConfig& config_;
  RandomKey key_;
  Executor& executor_;
  const TrainCallbacks& callbacks_;
  const GradientStep& step_;
  AdamW optimizer_;
  std::vector<std::vector<double>> weights_;
  std::vector<int64_t> positions_;
  int64_t steps_ = 0;

  TrainResult result_;
  std::vector<Tensor> best_;
  double best_score_ = 0;
  double rate_ = 0;
  Clock::time_point epoch_start_;
  double loss_sum_ = 0;
  int64_t rows_done_ = 0;
};

}  // namespace

Json to_json(const EpochRecord& record) {
  Json json{{"epoch", record.epoch}, {"training_loss", record.training_loss}};
  if (record.validation_loss) json["validation_loss"] = *record.validation_loss;
  if (record.validation_metric) {
    json["validation_metric"] = *record.validation_metric;
    json["metric"] = record.metric;
  }
  json["learning_rate"] = record.learning_rate;
  json["rows_per_second"] = record.rows_per_second;
  json["seconds"] = record.seconds;
  json["best"] = record.best;
  return json;
}

TrainResult train(Model& model, const LabelledRows& training, const LabelledRows& validation, const TrainConfig& config,
                  uint64_t seed, Executor& executor, const TrainCallbacks& callbacks, const GradientStep& step) {
  check(config, "training");
  if (training.rows.empty()) throw UsageError("no rows are left to train on");
  return Training(model, training, validation, config, seed, executor, callbacks, step).run();
}

}  // namespace attune
