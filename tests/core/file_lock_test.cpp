// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <optional>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// A process of its own that runs `action` and then sleeps until it is killed.
class Child {
 public:
  explicit Child(const std::function<void()>& action) {
    int ready[2];
    if (::pipe(ready) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      action();
      (void)!::write(ready[1], "x", 1);
      for (;;) ::pause();
    }
    ::close(ready[1]);
    char byte = 0;
    ready_ = ::read(ready[0], &byte, 1) == 1;
    ::close(ready[0]);
  }
  ~Child() { kill(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  bool ready_ = false;
};

TEST(FileLock, NamesTheProcessThatHoldsIt) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.attune";
  Child child([&] { static const FileLock lock(path); });
  ASSERT_TRUE(child.ready());
  try {
    const FileLock lock(path);
    FAIL() << "two processes hold one lock";
  } catch (const LockedError& error) {
    EXPECT_EQ(std::string(error.what()), path.string() + ": process " + std::to_string(child.pid()) +
                                             " is writing it; wait until it ends, or name another file");
  }
}

TEST(FileLock, WhatACrashLeftDoesNotBlock) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.attune";
  Child child([&] { static const FileLock lock(path); });
  ASSERT_TRUE(child.ready());
  child.kill();
  ASSERT_TRUE(std::filesystem::exists(folder.path() / "model.attune.lock"));
  { const FileLock lock(path); }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "model.attune.lock"));
}

TEST(FileLock, IsOnePerFileUnderEveryName) {
  const TemporaryFolder folder;
  const auto path = folder.write("real", "");
  std::filesystem::create_symlink("real", folder.path() / "link");
  const FileLock lock(path);
  EXPECT_THROW(FileLock(folder.path() / "link"), LockedError);
  EXPECT_NO_THROW(FileLock(folder.path() / "another"));
}

TEST(FileLock, IsFreeAgainAtTheEnd) {
  const TemporaryFolder folder;
  for (int i = 0; i < 3; ++i) EXPECT_NO_THROW(FileLock(folder.path() / "x"));
}

TEST(FileLock, AForkedChildDoesNotKeepIt) {
  const TemporaryFolder folder;
  std::optional<FileLock> lock(folder.path() / "x");
  const Child child([] {});
  ASSERT_TRUE(child.ready());
  lock.reset();
  EXPECT_NO_THROW(FileLock(folder.path() / "x"));
}

TEST(FileLock, NeedsItsFolder) {
  const TemporaryFolder folder;
  try {
    const FileLock lock(folder.path() / "no" / "x");
    FAIL() << "locked nothing";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), HasSubstr("x.lock: cannot be written: No such file or directory"));
  }
}

/// Reads a number, adds 1, writes it: two at once would lose counts.
void count_under_lock(const std::filesystem::path& path, int times) {
  for (int done = 0; done < times;) {
    try {
      const FileLock lock(path);
      int number = 0;
      std::ifstream(path) >> number;
      std::ofstream(path) << number + 1;
      ++done;
    } catch (const LockedError&) {
      ::usleep(50);
    }
  }
}

// The lock file is removed and made anew all the time: whoever locks a removed one must notice.
TEST(FileLock, ExcludesProcessesThatComeAndGo) {
  constexpr int kProcesses = 4, kTimes = 100;
  const TemporaryFolder folder;
  const auto path = folder.write("counter", "0");
  std::vector<pid_t> children;
  for (int p = 0; p < kProcesses; ++p) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      count_under_lock(path, kTimes);
      ::_exit(0);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(read_text_file(path), std::to_string(kProcesses * kTimes));
}

}  // namespace
}  // namespace attune
