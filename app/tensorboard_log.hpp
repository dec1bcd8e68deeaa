// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "attune/core/event_file.hpp"
#include "attune/train/trainer.hpp"

namespace attune::app {

/// @throws UsageError when no file could be made in `folder`; nothing is made.
void check_event_folder(const std::string& folder);

/// What --tensorboard writes. Every step its loss, learning rate and gradient norm, every tenth the rows a second;
/// every epoch, at its last step, training loss, validation loss and metric; once the options, as text. A disk that
/// fills up is noted once and ends the log, not the training.
class TensorBoardLog {
 public:
  /// @param folder empty: nothing is ever written. @param options Markdown
  TensorBoardLog(std::string folder, std::string options) : folder_(std::move(folder)), options_(std::move(options)) {}

  /// What is added from now on is of another run, which TensorBoard shows beside the others under this name.
  void begin_run(const std::string& name);
  void add(const TrainProgress& progress);
  void add(const EpochRecord& epoch);
  /// Writes what is held.
  void end_run();

 private:
  using Clock = std::chrono::steady_clock;

  /// Does it unless nothing is to be written, and notes that it failed.
  void write(const std::function<void()>& action);
  void open(int64_t first_step);

  std::string folder_, options_, run_;
  std::optional<EventFile> file_;
  bool failed_ = false;
  int64_t step_ = 0;
  Clock::time_point flushed_ = Clock::now();
};

}  // namespace attune::app
