// SPDX-License-Identifier: Apache-2.0
#include "attune/core/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "write_all.hpp"

namespace attune {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

/// A descriptor that is closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return value_; }
  [[nodiscard]] bool valid() const { return value_ >= 0; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

int open_for_reading(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) throw_missing_file(path);
  if (descriptor < 0) throw InputError(path.string() + ": cannot be read: " + reason(errno));
  return descriptor;
}

/// Links are followed, so that the file itself is replaced or locked and not the link to it.
std::filesystem::path resolved(const std::filesystem::path& path) {
  std::error_code ignored;
  auto real = std::filesystem::weakly_canonical(path, ignored);
  return real.empty() ? path : real;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

/// Whoever locks a file removes it before letting go. One who opened it before that now has a lock on a file that
/// nobody else can find, and must try again.
bool is_still_there(int descriptor, const std::filesystem::path& path) {
  struct stat held {
  }, found{};
  return ::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &found) == 0 && held.st_ino == found.st_ino &&
         held.st_dev == found.st_dev;
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const Descriptor descriptor(open_for_reading(path));
  *this = MappedFile(descriptor.get(), path);
}

MappedFile::MappedFile(int descriptor, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw InputError(path.string() + ": cannot be read: " + reason(errno));
  if (S_ISDIR(status.st_mode)) throw InputError(path.string() + ": expected a file, found a folder");
  if (!S_ISREG(status.st_mode)) {
    throw InputError(path.string() + ": expected a file, found a pipe or device; save it as a file first");
  }
  if (status.st_size == 0) return;
  const auto size = static_cast<size_t>(status.st_size);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (data == MAP_FAILED) throw InputError(path.string() + ": cannot be mapped: " + reason(errno));
  data_ = static_cast<const char*>(data);
  size_ = size;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

namespace {

/// Devices and folders are refused: the final rename would put a plain file in their place.
/// Returns the access rights of the file that is there, which the new one inherits, or -1.
int rights_of_replaced(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return -1;
  if (S_ISDIR(status.st_mode)) throw IoError(path.string() + ": cannot be written: it is a folder; name a file");
  if (!S_ISREG(status.st_mode)) {
    throw IoError(path.string() + ": cannot be written: it is a pipe or device; name a plain file");
  }
  return static_cast<int>(status.st_mode & 07777);
}

constexpr const char* kTemporaryPrefix = ".attune-";
constexpr const char* kTemporarySuffix = ".tmp";

/// A name that no other writer of this machine uses at the moment; what a crash left over is passed by.
std::filesystem::path temporary_name(const std::filesystem::path& path) {
  static std::atomic<uint64_t> number{0};
  return folder_of(path) /
         (kTemporaryPrefix + std::to_string(::getpid()) + "-" + std::to_string(number.fetch_add(1)) + kTemporarySuffix);
}

bool is_temporary_name(const std::string& name) {
  return name.starts_with(kTemporaryPrefix) && name.ends_with(kTemporarySuffix);
}

/// A new file that is locked as long as it is open, so that remove_abandoned() knows it from one whose writer was
/// killed; -1 when the name is taken. Some file systems have no locks, and nothing is abandoned there.
int create_temporary(const std::filesystem::path& temporary, const std::filesystem::path& path) {
  Descriptor descriptor(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!descriptor.valid() && errno == EEXIST) return -1;
  if (!descriptor.valid()) fail_writing(path, errno);
  const bool taken = ::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  return taken || !is_still_there(descriptor.get(), temporary) ? -1 : descriptor.release();
}

/// Makes the rename itself durable. Some file systems cannot sync a folder and say EINVAL; nothing more can be done.
void sync_folder(const std::filesystem::path& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) fail_writing(path, errno);
  if (::fsync(folder.get()) != 0 && errno != EINVAL) fail_writing(path, errno);
}

}  // namespace

AtomicFile::AtomicFile(const std::filesystem::path& path) : path_(resolved(path)) {
  const int rights = rights_of_replaced(path_);
  while (descriptor_ < 0) {
    temporary_ = temporary_name(path_);
    descriptor_ = create_temporary(temporary_, path_);
  }
  if (rights >= 0) (void)!::fchmod(descriptor_, static_cast<mode_t>(rights));  // some file systems have no rights
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  if (write_all(descriptor_, bytes) < bytes.size()) fail_writing(path_, errno);
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail_writing(path_, errno);
  const Descriptor keeps_lock(::dup(descriptor_));  // else the file would look abandoned before it has its name
  if (::close(std::exchange(descriptor_, -1)) != 0) fail_writing(path_, errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail_writing(path_, errno);
  temporary_.clear();
  sync_folder(path_);
}

void remove_abandoned(const std::filesystem::path& path) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(resolved(path)), ignored)) {
    if (!is_temporary_name(entry.path().filename().string()) || !entry.is_regular_file(ignored)) continue;
    const Descriptor descriptor(::open(entry.path().c_str(), O_WRONLY | O_CLOEXEC));
    if (!descriptor.valid() || ::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) continue;
    ::unlink(entry.path().c_str());
  }
}

namespace {

/// Fills the buffer as far as the file goes; a pipe gives less at a time. Returns the bytes read.
size_t read_full(int descriptor, const std::filesystem::path& path, std::span<char> buffer) {
  size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t size = ::read(descriptor, buffer.data() + filled, buffer.size() - filled);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EISDIR) throw InputError(path.string() + ": expected a file, found a folder");
    if (size < 0) throw InputError(path.string() + ": cannot be read: " + reason(errno));
    if (size == 0) break;
    filled += static_cast<size_t>(size);
  }
  return filled;
}

void read_descriptor(int descriptor, const std::filesystem::path& path,
                     const std::function<void(std::string_view)>& take) {
  char buffer[1 << 16];
  for (size_t size = sizeof buffer; size == sizeof buffer;) {
    size = read_full(descriptor, path, buffer);
    if (size > 0) take({buffer, size});
  }
}

std::string read_descriptor(int descriptor, const std::filesystem::path& path) {
  std::string text;
  read_descriptor(descriptor, path, [&](std::string_view piece) { text += piece; });
  return text;
}

/// The holder writes its number after it has the lock, so for a moment the file is empty.
std::string holder(int descriptor, const std::filesystem::path& lock_path) {
  const auto text = read_descriptor(descriptor, lock_path);
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  return digits.empty() ? "another process" : "process " + digits;
}

void write_own_number(int descriptor, const std::filesystem::path& lock_path) {
  const auto number = std::to_string(::getpid()) + "\n";
  const bool written = ::ftruncate(descriptor, 0) == 0 &&
                       ::pwrite(descriptor, number.data(), number.size(), 0) == static_cast<ssize_t>(number.size());
  if (!written) fail_writing(lock_path, errno);
}

/// The locked descriptor, or -1 when the file was removed meanwhile.
int try_lock(const std::filesystem::path& path, const std::filesystem::path& lock_path) {
  Descriptor descriptor(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!descriptor.valid()) fail_writing(lock_path, errno);
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw IoError(lock_path.string() + ": cannot be locked: " + reason(errno));
    throw LockedError(path.string() + ": " + holder(descriptor.get(), lock_path) +
                      " is writing it; wait until it ends, or name another file");
  }
  if (!is_still_there(descriptor.get(), lock_path)) return -1;
  write_own_number(descriptor.get(), lock_path);
  return descriptor.release();
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& path) : lock_path_(resolved(path)) {
  lock_path_ += ".lock";
  while (descriptor_ < 0) descriptor_ = try_lock(path, lock_path_);
}

FileLock::~FileLock() {
  ::unlink(lock_path_.c_str());
  ::flock(descriptor_, LOCK_UN);  // a child made by fork shares the lock; closing alone would leave it there
  ::close(descriptor_);
}

void throw_missing_file(const std::filesystem::path& path) {
  const auto folder = folder_of(path);
  std::error_code status;
  if (!std::filesystem::is_directory(folder, status)) {
    throw InputError(path.string() + ": no such file; there is no folder " + folder.string() + " either");
  }
  const auto name = path.filename().string();
  std::vector<std::string> others;
  for (const auto& entry : std::filesystem::directory_iterator(folder, status)) {
    const auto other = entry.path().filename().string();
    if (other != name) others.push_back(other);  // a link to nothing has the very name
  }
  std::sort(others.begin(), others.end());
  const auto nearest = nearest_name(name, others);
  const auto place = path.has_parent_path() ? " in " + folder.string() : " in the current folder";
  throw InputError(path.string() + ": no such file" +
                   (nearest.empty() ? place : did_you_mean(path.string(), (path.parent_path() / nearest).string())));
}

void read_in_pieces(const std::filesystem::path& path, const std::function<void(std::string_view)>& take) {
  const Descriptor descriptor(open_for_reading(path));
  read_descriptor(descriptor.get(), path, take);
}

std::string read_text_file(const std::filesystem::path& path) {
  const Descriptor descriptor(open_for_reading(path));
  return read_descriptor(descriptor.get(), path);
}

}  // namespace attune
