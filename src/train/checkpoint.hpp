// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "attune/core/error.hpp"
#include "attune/core/json.hpp"
#include "attune/core/tensor_container.hpp"
#include "training_state.hpp"

namespace attune {

/// A checkpoint of another version: the program that wrote it can go on from it.
class OtherVersionError : public ModelFileError {
 public:
  using ModelFileError::ModelFileError;
};

/// The state of a training in a file: a tensor container like a model's, with checksums over tensors and metadata.
class Checkpoint {
 public:
  /// Reads and checks everything but the shapes, which only the network knows.
  /// @throws ModelFileError (truncated, altered, not a checkpoint; OtherVersionError), InputError (no such file, or it
  /// cannot be opened).
  static Checkpoint open(const std::filesystem::path& path);

  /// Atomically, and from the tensors as they lie: no copy is made.
  /// @param sequence higher than that of every checkpoint before it
  /// @param run what the training is of (run_identity.hpp). @throws IoError.
  static void write(const std::filesystem::path& path, int64_t sequence, const Json& run, const TrainingState& state);

  [[nodiscard]] int64_t sequence() const { return sequence_; }
  [[nodiscard]] const Json& run() const { return run_; }
  [[nodiscard]] const std::filesystem::path& path() const { return file_.path(); }

  /// Sets every piece of the state. Tensors that are there are overwritten in place, since network and optimiser share
  /// them. @throws ModelFileError when one has another shape; the state is then of no use.
  void restore(TrainingState& state) const;

 private:
  explicit Checkpoint(TensorContainer file);
  TensorContainer file_;
  int64_t sequence_ = 0;
  Json run_, counts_;
};

}  // namespace attune
