// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace attune::app {

/// Every note and error is from now on also appended to this file: a line with its time and level (info, warning,
/// error). @throws UsageError when it cannot be opened.
void open_log(const std::string& file);

/// Appends to what open_log() opened, if anything. A disk that fills up is said once on standard error.
void log_note(const std::string& text);  ///< one that begins with "warning: " is of that level
void log_error(const std::string& text);

/// A file that open_log() began.
[[nodiscard]] bool holds_log(const std::string& file);

}  // namespace attune::app
