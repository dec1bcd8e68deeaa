// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checkpoint.hpp"

namespace attune {

/// Why a file cannot be gone on from.
struct CheckpointFault {
  std::string text;      ///< with the file's name
  bool is_lost = false;  ///< damaged, or no checkpoint; else of another version, or it cannot be opened
};

/// The last two checkpoints of a training, NAME.checkpoint-a and NAME.checkpoint-b beside the model file NAME. The
/// older one is overwritten, so that when the newer one is lost or torn the other is still there.
class CheckpointFiles {
 public:
  /// Looks at what is there.
  explicit CheckpointFiles(const std::filesystem::path& model_file);

  /// Names of the files that are there, readable or not.
  [[nodiscard]] std::vector<std::string> names() const;
  /// Of those that cannot be read.
  [[nodiscard]] const std::vector<CheckpointFault>& faults() const { return faults_; }
  /// The newest that can be read, once.
  [[nodiscard]] std::optional<Checkpoint> take_newest() { return std::exchange(newest_, std::nullopt); }

  /// In place of the older one. @throws IoError; both are then as they were.
  void write(const Json& run, const TrainingState& state);
  /// The one that was not written last.
  void remove_older();
  /// Both, unread.
  static void remove(const std::filesystem::path& model_file);

 private:
  struct Slot {
    std::filesystem::path path;
    int64_t sequence = 0;  ///< 0: nothing that can be read
  };
  void look_at(Slot& slot);
  Slot& older() { return slots_[slots_[0].sequence <= slots_[1].sequence ? 0 : 1]; }

  std::array<Slot, 2> slots_;
  std::optional<Checkpoint> newest_;
  std::vector<CheckpointFault> faults_;
};

}  // namespace attune
