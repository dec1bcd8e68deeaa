// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "attune/core/error.hpp"

namespace attune::app {

void print_line(const std::string& text) { std::cout << text << '\n'; }
void print_json(const Json& json) { std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n'; }
void print_note(const std::string& text) { std::cerr << text << std::endl; }
void print_error(const std::string& text) { std::cerr << "attune: " << text << std::endl; }

void flush_results() {
  errno = 0;
  if (std::cout.flush()) return;
  throw IoError(std::string("standard output: cannot be written") + (errno != 0 ? std::string(": ") + std::strerror(errno) : ""));
}

bool interactive() { return isatty(STDERR_FILENO) == 1; }

std::string grouped(int64_t number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<int64_t>(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3) digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

std::string fixed(double number, int digits) { return fmt::format("{:.{}f}", number, digits); }

}  // namespace attune::app
