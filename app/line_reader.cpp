// SPDX-License-Identifier: Apache-2.0
#include "line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "attune/core/error.hpp"
#include "interrupt.hpp"

namespace attune::app {
namespace {

bool readable(int milliseconds) {
  pollfd standard_input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return poll(&standard_input, 1, milliseconds) > 0;
}

/// False when interrupted. A signal right before the wait would not end it, so that it is a chain of short ones.
bool wait_until_readable() {
  constexpr int kMilliseconds = 200;
  while (!readable(kMilliseconds)) {
    if (interrupted()) return false;
  }
  return true;
}

void drop_carriage_return(std::string& line) {
  if (line.ends_with('\r')) line.pop_back();
}

}  // namespace

bool LineReader::next(std::string& line) {
  while (!has_line() && !ended_) fill();
  if (std::exchange(at_start_, false)) drop_byte_order_mark();
  if (!has_line()) return !interrupted() && take_rest(line);
  const auto end = buffer_.find('\n', begin_);
  line.assign(buffer_, begin_, end - begin_);
  begin_ = end + 1;
  drop_carriage_return(line);
  return true;
}

bool LineReader::waits() {
  while (!has_line() && !ended_ && readable(0)) fill();
  return has_line();
}

void LineReader::drop_byte_order_mark() {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (std::string_view(buffer_).starts_with(kMark)) begin_ += kMark.size();
}

void LineReader::fill() {
  buffer_.erase(0, std::exchange(begin_, 0));
  ended_ = !wait_until_readable();
  if (ended_) return;
  std::array<char, 65536> bytes;
  ssize_t count = 0;
  do {
    count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) throw IoError(std::string("standard input: cannot be read: ") + std::strerror(errno));
  ended_ = count == 0;
  buffer_.append(bytes.data(), static_cast<size_t>(count));
}

bool LineReader::take_rest(std::string& line) {
  if (begin_ >= buffer_.size()) return false;
  line = buffer_.substr(begin_);
  begin_ = buffer_.size();
  drop_carriage_return(line);
  return true;
}

}  // namespace attune::app
