// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/train/trainer.hpp"

namespace attune::app {

/// Epochs as CSV, a line each. Those that say which run they are of, by "seed" and "fold", have columns for it.
[[nodiscard]] std::string history_csv(const Json& epochs);

/// @throws UsageError unless the name ends in .csv or .json.
void check_history_name(const std::string& file);

/// A file that HistoryFile wrote, under a name of the same ending.
[[nodiscard]] bool holds_history(const std::string& file);

/// The file of --history: all epochs so far, written anew and whole after each of them (unless the last time took
/// more than a tenth of the time since), so that a killed training leaves it. As CSV a line per epoch; as JSON
/// {"epochs": [..]}, and what else is known of all runs. A disk that fills up meanwhile is noted once and does not end
/// the training.
class HistoryFile {
 public:
  /// @param file ends in .csv or .json; empty: nothing is ever written
  explicit HistoryFile(std::string file) : file_(std::move(file)) {}

  /// Epochs from now on are of another run. @param label "seed" and "fold" of each, or empty
  void begin_run(Json label);
  void add(const EpochRecord& epoch);
  /// All epochs of the run, in place of those added: on a resume the ones before it, at the end the last word on which
  /// is the best.
  void replace_run(const std::vector<EpochRecord>& epochs);
  /// The last time, with `more` beside the epochs of JSON. @throws IoError.
  void finish(const Json& more = Json::object());

 private:
  using Clock = std::chrono::steady_clock;

  void keep(const EpochRecord& epoch);
  void write_meanwhile();
  void write(const Json& more) const;

  std::string file_;
  Json epochs_ = Json::array();
  Json label_ = Json::object();
  size_t run_begins_ = 0;  ///< its first place in epochs_
  bool failed_ = false;
  Clock::time_point last_ = Clock::now();
  Clock::duration took_{0};  ///< to write it the last time
};

}  // namespace attune::app
