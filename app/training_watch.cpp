// SPDX-License-Identifier: Apache-2.0
#include "training_watch.hpp"

#include <fmt/format.h>

#include <utility>

#include "attune/core/wording.hpp"
#include "console.hpp"
#include "interrupt.hpp"

namespace attune::app {
namespace {

std::string epoch_line(const EpochRecord& epoch, int64_t epochs) {
  auto line = fmt::format("epoch {}/{}  loss {:.4f}", epoch.epoch, epochs, epoch.training_loss);
  if (epoch.validation_loss)
    line += fmt::format("  validation loss {:.4f}  {} {:.4f}", *epoch.validation_loss, epoch.metric,
                        *epoch.validation_metric);
  return line + fmt::format("  {} rows/s  {}{}", with_commas(static_cast<int64_t>(epoch.rows_per_second)),
                            duration(epoch.seconds), epoch.best ? "  best" : "");
}

/// seed-3-fold-2
std::string folder_name(const RunId& id) {
  return fmt::format("seed-{}{}", id.seed, id.fold ? fmt::format("-fold-{}", *id.fold) : "");
}

}  // namespace

TrainingWatch::TrainingWatch(WatchOptions options)
    : options_(std::move(options)),
      history_(options_.history_file),
      tensorboard_(options_.tensorboard_folder, options_.options_page) {}

FitCallbacks TrainingWatch::callbacks() {
  FitCallbacks result;
  result.on_note = [](const std::string& text) { print_note(on_one_line(text)); };
  result.training.on_resume = [this](const std::vector<EpochRecord>& epochs) { history_.replace_run(epochs); };
  result.training.on_step = [this](const TrainProgress& progress) { show_step(progress); };
  result.training.on_epoch = [this](const EpochRecord& epoch) { show_epoch(epoch); };
  result.training.should_stop = interrupted;
  return result;
}

void TrainingWatch::begin_run(const RunId& id) {
  label_ = attune::to_json(id);
  history_.begin_run(label_);
  tensorboard_.begin_run(folder_name(id));
  metric_.clear();
}

void TrainingWatch::end_run(const TrainResult& training) {
  bar_.clear();
  history_.replace_run(training.history);
  tensorboard_.end_run();
}

void TrainingWatch::show_step(const TrainProgress& progress) {
  tensorboard_.add(progress);
  bar_.show(progress, metric_);
}

void TrainingWatch::show_epoch(const EpochRecord& epoch) {
  bar_.clear();
  print_note(epoch_line(epoch, options_.epochs));
  if (epoch.validation_metric) metric_ = fmt::format("  {} {:.4f}", epoch.metric, *epoch.validation_metric);
  history_.add(epoch);
  tensorboard_.add(epoch);
  if (!options_.json) return;
  auto json = label_;
  json.update(attune::to_json(epoch));
  print_json(json);
  flush_results();
}

}  // namespace attune::app
