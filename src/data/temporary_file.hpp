// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "attune/core/files.hpp"

namespace attune {

/// A file without a name in the system's folder for temporary files (TMPDIR): gone with the last reader, also after a
/// crash. Writes are buffered. @throws IoError naming the folder and the system's reason (disk full).
class TemporaryFile {
 public:
  TemporaryFile();
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::string_view bytes);
  /// What was written, mapped; `path` is how it is called in messages.
  [[nodiscard]] MappedFile map(const std::filesystem::path& path);

 private:
  void flush();
  [[noreturn]] void fail(const char* action) const;

  std::filesystem::path folder_;
  int descriptor_ = -1;
  std::string buffer_;
};

}  // namespace attune
