// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace attune::app {

/// Adds a flag that names a file or folder to write pictures into, "" without it.
/// A value that can hardly be meant is refused when the command line is read, with UsageError: nothing; - , for
/// pictures do not go to standard output; another flag, which would be lost as a name.
/// @param what  "FILE", "FOLDER"
void add_picture_flag(CLI::App& command, const std::string& group, const std::string& flag, const std::string& what,
                      const std::string& help, std::string& name);

}  // namespace attune::app
