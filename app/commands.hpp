// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace attune::app {

constexpr int kDone = 0, kFailed = 1, kUsage = 2, kInterrupted = 130;

/// What the command line asked for; returns the exit code.
using Action = std::function<int()>;

/// Each verb adds its sub-command, which sets `action` when it is the one that was called.
void add_train(CLI::App& program, Action& action);
void add_evaluate(CLI::App& program, Action& action);
void add_predict(CLI::App& program, Action& action);
void add_explain(CLI::App& program, Action& action);
void add_report(CLI::App& program, Action& action);
void add_info(CLI::App& program, Action& action);
void add_allocate(CLI::App& program, Action& action);

/// Parses the command line. Help and version are printed here and give an action that does nothing.
/// @throws UsageError: an unknown verb or flag (nearest suggested), a missing or malformed value.
[[nodiscard]] Action parse_command_line(int argc, char** argv);

}  // namespace attune::app
