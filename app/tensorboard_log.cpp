// SPDX-License-Identifier: Apache-2.0
#include "tensorboard_log.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "attune/core/error.hpp"
#include "console.hpp"

namespace attune::app {
namespace {

constexpr int64_t kStepsBetweenSpeeds = 10;
constexpr auto kHeld = std::chrono::seconds(1);  // at most, so that a training can be watched

/// The folder itself, or the nearest above it that is there.
std::filesystem::path existing(std::filesystem::path folder) {
  std::error_code none;
  folder = std::filesystem::absolute(folder, none).lexically_normal();
  while (!std::filesystem::exists(folder, none) && folder.has_parent_path() && folder != folder.root_path())
    folder = folder.parent_path();
  return folder;
}

/// validation_accuracy, validation_mean_of_metrics
std::string metric_tag(std::string metric) {
  std::replace(metric.begin(), metric.end(), ' ', '_');
  return "epoch/validation_" + metric;
}

}  // namespace

void check_event_folder(const std::string& folder) {
  const auto there = existing(folder);
  std::error_code none;
  if (!std::filesystem::is_directory(there, none)) {
    throw UsageError("--tensorboard: " + folder + ": expected a folder, found the file " + there.string() +
                     "; name another folder");
  }
  if (::access(there.c_str(), W_OK | X_OK) == 0) return;
  throw UsageError("--tensorboard: " + folder + " cannot be written: " + std::generic_category().message(errno));
}

void TensorBoardLog::begin_run(const std::string& name) {
  end_run();
  file_.reset();
  run_ = name;
}

void TensorBoardLog::add(const TrainProgress& progress) {
  write([&] {
    if (!file_) open(progress.step);
    step_ = progress.step;
    std::vector<EventFile::Scalar> scalars = {{"step/loss", progress.step_loss},
                                              {"step/learning_rate", progress.learning_rate},
                                              {"step/gradient_norm", progress.gradient_norm}};
    if (progress.step % kStepsBetweenSpeeds == 0) scalars.push_back({"step/rows_per_second", progress.rows_per_second});
    file_->add(step_, scalars);
    if (Clock::now() - flushed_ < kHeld) return;
    file_->flush();
    flushed_ = Clock::now();
  });
}

void TensorBoardLog::add(const EpochRecord& epoch) {
  write([&] {
    if (!file_) return;  // an epoch without a step of this run: it was complete when the training was resumed
    std::vector<EventFile::Scalar> scalars = {{"epoch/training_loss", epoch.training_loss}};
    if (epoch.validation_loss) scalars.push_back({"epoch/validation_loss", *epoch.validation_loss});
    if (epoch.validation_metric) scalars.push_back({metric_tag(epoch.metric), *epoch.validation_metric});
    file_->add(step_, scalars);
    file_->flush();
  });
}

void TensorBoardLog::end_run() {
  write([&] {
    if (file_) file_->flush();
  });
}

void TensorBoardLog::write(const std::function<void()>& action) {
  if (folder_.empty() || failed_) return;
  try {
    action();
  } catch (const IoError& error) {
    failed_ = true;
    print_note(std::string("warning: no more is written for TensorBoard: ") + error.what() + "; the training goes on");
  }
}

void TensorBoardLog::open(int64_t first_step) {
  file_.emplace(std::filesystem::path(folder_) / run_);
  file_->begin(first_step);
  file_->add_text(first_step, "options", options_);
}

}  // namespace attune::app
