// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "attune/core/error.hpp"
#include "attune/core/invisible.hpp"
#include "attune/core/wording.hpp"
#include "log_file.hpp"

namespace attune::app {
namespace {

/// The stream only knows that it failed; the system's last error says why.
[[noreturn]] void fail_writing() {
  throw IoError(std::string("standard output: cannot be written") +
                (errno != 0 ? std::string(": ") + std::strerror(errno) : ""));
}

/// Of the character at the front of UTF-8 that a terminal obeys instead of showing it; 0 for any other: C0, delete, C1,
/// and what turns the writing direction of all that follows.
size_t bytes_of_control(std::string_view text) {
  const auto byte = [&](size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
  const auto first = byte(0), second = byte(1), third = byte(2);
  if (first < 0x20 || first == 0x7F) return 1;
  if (first == 0xC2 && second >= 0x80 && second < 0xA0) return 2;                           // U+0080 to U+009F
  const bool embeds = first == 0xE2 && second == 0x80 && third >= 0xAA && third <= 0xAE;    // U+202A to U+202E
  const bool isolates = first == 0xE2 && second == 0x81 && third >= 0xA6 && third <= 0xA9;  // U+2066 to U+2069
  return embeds || isolates ? 3 : 0;
}

bool is_tab_or_line_end(char c) { return c == '\t' || c == '\n' || c == '\r'; }

/// Tabs and ends of lines are left; a carriage return alone is none, and would let what follows write over the line.
std::string without_controls(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto control = text.substr(0, bytes_of_control(text));
    if (control.empty() || control == "\t" || control == "\n") {
      shown += text.front();
    } else {
      shown += with_escapes(control);
    }
    text.remove_prefix(std::max<size_t>(1, control.size()));
  }
  return shown;
}

}  // namespace

void print_text(const std::string& text) {
  errno = 0;
  if (!(std::cout << text)) fail_writing();
}
void print_line(const std::string& text) { print_text(text + '\n'); }
void print_json(const Json& json) { print_line(json.dump(-1, ' ', false, Json::error_handler_t::replace)); }
void print_note(const std::string& text) {
  std::cerr << without_controls(text) << std::endl;
  log_note(text);
}
void print_error(const std::string& text) {
  std::cerr << "attune: " << without_controls(text) << std::endl;
  log_error(text);
}

void flush_results() {
  errno = 0;
  if (!std::cout.flush()) fail_writing();
}

bool interactive() { return isatty(STDERR_FILENO) == 1; }

std::string on_one_line(const std::string& text) {
  auto line = text;
  std::replace_if(line.begin(), line.end(), is_tab_or_line_end, ' ');
  return without_controls(line);
}

std::string brief(const std::string& text) {
  constexpr size_t kMost = 48;
  return on_one_line(shortened(text, kMost));
}

std::string fixed(double number, int digits) {
  auto text = fmt::format("{:.{}f}", number, digits);
  return text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos ? text.substr(1) : text;
}

}  // namespace attune::app
