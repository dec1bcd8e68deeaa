// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace attune::app {

/// Lines of standard input, and whether the next one is there already, so that nothing waits for a line to come.
class LineReader {
 public:
  /// False at the end of input, and when interrupted() says so. Neither a line's end, LF or CRLF, is part of it, nor a
  /// byte order mark before the first.
  /// @throws IoError.
  bool next(std::string& line);

  /// True when a whole line can be had without waiting.
  bool waits();

 private:
  [[nodiscard]] bool has_line() const { return buffer_.find('\n', begin_) != std::string::npos; }
  void drop_byte_order_mark();
  void fill();
  bool take_rest(std::string& line);

  std::string buffer_;
  size_t begin_ = 0;
  bool at_start_ = true, ended_ = false;
};

}  // namespace attune::app
