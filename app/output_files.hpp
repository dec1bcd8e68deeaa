// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "run_config.hpp"

namespace attune::app {

/// What is written at the end of a training must be writable, and neither what is read nor anything that the user may
/// want to keep. @param history the file for the history, or "". @throws UsageError naming flag and file.
void check_outputs(const RunConfig& config, const std::string& history);

}  // namespace attune::app
