// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace attune {

/// A file mapped read-only. @throws InputError when it is missing, a folder or unreadable, naming it.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  /// Maps an open descriptor (for instance of an unlinked temporary file), which stays the caller's to close, at once
  /// if need be; `path` is for messages only.
  MappedFile(int descriptor, const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&&) noexcept;
  MappedFile& operator=(MappedFile&&) noexcept;

  [[nodiscard]] std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};

/// Writes a file so that a reader sees the old content or the whole new one: temporary file in the same folder, sync,
/// rename, sync of the folder. Without commit() nothing remains. A file that is replaced keeps its access rights, a
/// link is followed; a folder, pipe or device is refused. @throws IoError naming the file and the system's reason.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  /// Call once, last. When it throws, the old content is still there unless only the sync of the folder failed.
  void commit();

 private:
  std::filesystem::path path_, temporary_;
  int descriptor_ = -1;
};

/// Removes what AtomicFiles of killed processes left in the folder of `path`: temporary files that nobody writes any
/// more. Whatever cannot be looked at or removed stays.
void remove_abandoned(const std::filesystem::path& path);

/// An exclusive advisory lock for as long as the object lives, on `PATH.lock` beside the file (removed at the end; left
/// over after a crash it is harmless, for the lock is the kernel's).
/// @throws LockedError when another process holds it, naming its process id; IoError when the folder is not writable.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  std::filesystem::path lock_path_;
  int descriptor_ = -1;
};

/// @throws InputError: `reveiws.csv: no such file (did you mean "reviews.csv"?)`, of the names beside it.
[[noreturn]] void throw_missing_file(const std::filesystem::path& path);

/// Hands on the bytes of a file (or pipe) from front to end, in pieces of 64 KiB, the last one shorter, without holding
/// them. @throws InputError when it is missing, a folder or unreadable, naming it; and whatever `take` throws.
void read_in_pieces(const std::filesystem::path& path, const std::function<void(std::string_view)>& take);

/// Whole file (or pipe) as text, unchanged. @throws InputError when it is missing, a folder or unreadable, naming it.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path);

}  // namespace attune
