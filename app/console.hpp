// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/core/json.hpp"

namespace attune::app {

/// Standard output carries results only; everything else goes to standard error.
void print_line(const std::string& text);   ///< a result
void print_text(const std::string& text);   ///< a result that ends its lines itself
void print_json(const Json& json);          ///< a result, on one line
void print_note(const std::string& text);   ///< to standard error, control characters of the data escaped, and the log
void print_error(const std::string& text);  ///< the same, on standard error after "attune: "

/// @throws IoError when standard output could not take everything (a full disk).
void flush_results();

/// Standard error is a terminal, so that progress can be drawn on it.
[[nodiscard]] bool interactive();

/// A text of the data as part of a line: a blank for each tab and line end, which would break it apart, and by its
/// number (`\u001B`) each other character that a terminal obeys, so that no table steers the terminal it is shown on.
[[nodiscard]] std::string on_one_line(const std::string& text);
/// The same, and at most 48 bytes of it, cut between characters.
[[nodiscard]] std::string brief(const std::string& text);
/// A number with some digits after the point.
[[nodiscard]] std::string fixed(double number, int digits);

}  // namespace attune::app
