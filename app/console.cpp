// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "log_file.hpp"

namespace attune::app {
namespace {

/// The stream only knows that it failed; the system's last error says why.
[[noreturn]] void fail_writing() {
  throw IoError(std::string("standard output: cannot be written") +
                (errno != 0 ? std::string(": ") + std::strerror(errno) : ""));
}

}  // namespace

void print_text(const std::string& text) {
  errno = 0;
  if (!(std::cout << text)) fail_writing();
}
void print_line(const std::string& text) { print_text(text + '\n'); }
void print_json(const Json& json) { print_line(json.dump(-1, ' ', false, Json::error_handler_t::replace)); }
void print_note(const std::string& text) {
  std::cerr << text << std::endl;
  log_note(text);
}
void print_error(const std::string& text) {
  std::cerr << "attune: " << text << std::endl;
  log_error(text);
}

void flush_results() {
  errno = 0;
  if (!std::cout.flush()) fail_writing();
}

bool interactive() { return isatty(STDERR_FILENO) == 1; }

std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
  return text;
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
