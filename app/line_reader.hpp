// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace attune::app {

/// Lines of standard input, and whether the next one is there already, so that nothing waits for a line to come.
class LineReader {
 public:
  /// False at the end of input. A line's end, LF or CRLF, is not part of it. @throws IoError.
  bool next(std::string& line);

  /// True when a whole line can be had without waiting.
  bool waits();

 private:
  [[nodiscard]] bool has_line() const { return buffer_.find('\n', begin_) != std::string::npos; }
  bool fill();
  bool take_rest(std::string& line);

  std::string buffer_;
  size_t begin_ = 0;
  bool ended_ = false;
};

}  // namespace attune::app
