// SPDX-License-Identifier: Apache-2.0
#include "write_all.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "attune/core/error.hpp"

namespace attune {

size_t write_all(int descriptor, std::string_view bytes) {
  size_t written = 0;
  while (written < bytes.size()) {
    const auto count = ::write(descriptor, bytes.data() + written, bytes.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    written += static_cast<size_t>(count);
  }
  return written;
}

void fail_writing(const std::filesystem::path& path, int error) {
  throw IoError(path.string() + ": cannot be written: " + std::generic_category().message(error));
}

}  // namespace attune
