// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "attune/core/json.hpp"
#include "checkpoint_files.hpp"

namespace attune {

/// When checkpoints are written, and what becomes of those that an earlier run left. A file that cannot be written does
/// not end the training: that is said once, and the next one is tried.
class Checkpointing {
 public:
  using Note = std::function<void(const std::string&)>;

  /// @param model_file beside which they lie; empty: none are written
  /// @param minutes between two of them within an epoch; 0: only between epochs
  Checkpointing(const std::filesystem::path& model_file, double minutes, Note note);

  /// Says what the training is of, and whether it goes on from the newest checkpoint or starts anew.
  /// @throws UsageError when that one is of another training, saying what differs; when there is none, but one that
  /// another version of this program may go on from.
  void begin(const Json& run, bool resume);

  /// Whether begin() found one to go on from.
  [[nodiscard]] bool found() const { return resumed_.has_value(); }
  /// Goes on from what begin() found, if anything.
  void restore(TrainingState& state);

  /// Writes if the minutes are over.
  void after_step(const TrainingState& state);
  /// Writes unless that took more than a tenth of the time.
  void after_epoch(const TrainingState& state);
  /// Writes, for the training ends here and may go on another day.
  void at_time_limit(const TrainingState& state) { write(state); }
  /// The same, but as long as the checkpoints of an earlier training are not replaced yet they stay: who forgot to
  /// resume it and interrupts has lost nothing.
  void at_interrupt(const TrainingState& state);

  /// The step that a resumed training would go on from; none: from the first.
  [[nodiscard]] std::optional<int64_t> step() const { return step_; }
  /// The longest time one took, 0 before the first.
  [[nodiscard]] double seconds_to_write() const { return seconds_to_write_; }

 private:
  using Clock = std::chrono::steady_clock;

  void begin_without() const;
  void note_earlier();
  void write(const TrainingState& state);
  [[nodiscard]] double seconds_since_last() const;
  void note(const std::string& text) const {
    if (note_) note_(text);
  }

  std::optional<CheckpointFiles> files_;
  double minutes_ = 0;
  Note note_;
  Json run_;
  std::optional<Checkpoint> resumed_;
  std::optional<int64_t> step_;
  Clock::time_point last_ = Clock::now();
  double seconds_to_write_ = 0;
  bool resumes_ = false;
  bool replaces_earlier_ = false;  ///< those of another training are still there
  bool failed_ = false;            ///< the last one could not be written
};

}  // namespace attune
