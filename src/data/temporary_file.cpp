// SPDX-License-Identifier: Apache-2.0
#include "temporary_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "attune/core/error.hpp"

namespace attune {
namespace {
constexpr size_t kBufferBytes = size_t{1} << 18;
}  // namespace

TemporaryFile::TemporaryFile() {
  std::error_code status;
  folder_ = std::filesystem::temp_directory_path(status);
  if (status) throw IoError("TMPDIR: not a folder for temporary files; point it at a folder with room");
  auto pattern = (folder_ / "attune-XXXXXX").string();
  descriptor_ = mkostemp(pattern.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail("make");
  unlink(pattern.c_str());
}

TemporaryFile::~TemporaryFile() { close(descriptor_); }

void TemporaryFile::write(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() >= kBufferBytes) flush();
}

MappedFile TemporaryFile::map(const std::filesystem::path& path) {
  flush();
  return {descriptor_, path};
}

void TemporaryFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const auto written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    rest.remove_prefix(static_cast<size_t>(written));
  }
  buffer_.clear();
}

void TemporaryFile::fail(const char* action) const {
  throw IoError(folder_.string() + ": cannot " + action + " a temporary file: " + std::strerror(errno) +
                "; point TMPDIR at a folder with room");
}

}  // namespace attune
