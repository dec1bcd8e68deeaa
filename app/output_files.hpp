// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/model/model.hpp"
#include "run_config.hpp"

namespace attune::app {

/// What a training writes beside the model; "": not.
struct SideFiles {
  std::string history, log;
};

/// Whether two names mean one file; neither need exist, and "" means none.
[[nodiscard]] bool same_file(const std::string& a, const std::string& b);

/// Finds out before the work whether a file can be written. @throws UsageError naming the flag and the reason.
void check_writable(const std::string& flag, const std::string& file);

/// What an earlier run wrote may be replaced, and an empty file; anything else was hardly meant.
/// @param ours whether such a run wrote what is there
/// @param verb which is what writes such files: "attune train"
/// @throws UsageError naming flag and file.
void check_replaced(const std::string& flag, const std::string& file, bool ours, const std::string& verb);

/// What a training writes must be writable, and neither what is read nor anything that the user may want to keep.
/// @throws UsageError naming flag and file.
void check_outputs(const RunConfig& config, const SideFiles& files);

/// Writes a trained model where it was asked for, with how its table was read and this program's version in its record.
/// @throws IoError.
void write_model(Model& model, const RunConfig& config);

/// After a training that wrote none: an older model is still there, if there was one.
void note_unwritten_model(const RunConfig& config);

}  // namespace attune::app
