// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "attune/core/files.hpp"

namespace attune {

/// A file's text, mapped: as it is, or decompressed and converted to UTF-8 into an unlinked temporary file.
class TextSource {
 public:
  /// @throws InputError: not a file, corrupt gzip, known for what is no text (a workbook, an archive). UsageError:
  /// unknown encoding. IoError: no room for the temporary file.
  TextSource(const std::filesystem::path& path, const std::string& encoding);

  /// Without a byte order mark. Not checked: may hold invalid UTF-8, or kUnconvertible.
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  MappedFile file_;
  std::string_view text_;
};

}  // namespace attune
