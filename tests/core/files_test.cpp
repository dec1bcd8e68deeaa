// SPDX-License-Identifier: Apache-2.0
#include "attune/core/files.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "attune/core/error.hpp"
#include "support/file_size_limit.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using testing::FileSizeLimit;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

template <class Expected>
std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Expected& error) {
    return error.what();
  }
  return "nothing was thrown";
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  return names;
}

TEST(MappedFile, HoldsTheBytes) {
  const TemporaryFolder folder;
  const std::string content("a\0b\n", 4);
  MappedFile file(folder.write("x", content));
  EXPECT_EQ(file.bytes(), content);
  MappedFile moved = std::move(file);
  EXPECT_EQ(moved.bytes(), content);
  moved = MappedFile(folder.write("y", "other"));
  EXPECT_EQ(moved.bytes(), "other");
  EXPECT_EQ(MappedFile(folder.write("empty", "")).bytes(), "");
}

TEST(MappedFile, OutlivesTheDescriptorAndTheName) {
  const TemporaryFolder folder;
  const auto path = folder.write("x", "content");
  const int descriptor = ::open(path.c_str(), O_RDONLY);
  ASSERT_GE(descriptor, 0);
  std::filesystem::remove(path);
  const MappedFile file(descriptor, path);
  ::close(descriptor);
  EXPECT_EQ(file.bytes(), "content");
}

TEST(MappedFile, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  const auto missing = folder.path() / "missing.csv";
  EXPECT_EQ(message_of<InputError>([&] { MappedFile{missing}; }),
            missing.string() + ": no such file in " + folder.path().string());
  EXPECT_EQ(message_of<InputError>([&] { MappedFile{"missing.csv"}; }),
            "missing.csv: no such file in the current folder");
  EXPECT_EQ(message_of<InputError>([&] { MappedFile{missing / "x"}; }),
            (missing / "x").string() + ": no such file; there is no folder " + missing.string() + " either");
  const auto near = folder.write("mising.csv", "");
  EXPECT_EQ(message_of<InputError>([&] { MappedFile{missing}; }),
            missing.string() + ": no such file (did you mean \"" + near.string() + "\"?)");
  EXPECT_EQ(message_of<InputError>([&] { (void)read_text_file(missing); }),
            missing.string() + ": no such file (did you mean \"" + near.string() + "\"?)");
  EXPECT_EQ(message_of<InputError>([&] { MappedFile{folder.path()}; }),
            folder.path().string() + ": expected a file, found a folder");
  EXPECT_THAT(message_of<InputError>([&] { MappedFile{"/dev/null"}; }), HasSubstr("found a pipe or device"));
}

TEST(ReadTextFile, ReadsFilesAndRefusesFolders) {
  const TemporaryFolder folder;
  const std::string large(200'000, 'x');
  EXPECT_EQ(read_text_file(folder.write("x", large)), large);
  EXPECT_EQ(read_text_file(folder.write("empty", "")), "");
  EXPECT_EQ(read_text_file("/dev/null"), "");
  EXPECT_THAT(message_of<InputError>([&] { (void)read_text_file(folder.path() / "no"); }), HasSubstr("no such file"));
  EXPECT_THAT(message_of<InputError>([&] { (void)read_text_file(folder.path()); }), HasSubstr("found a folder"));
}

TEST(ReadInPieces, HandsOnFullPiecesOfFilesAndPipes) {
  const TemporaryFolder folder;
  std::string content;
  for (int i = 0; content.size() < 150'000; ++i) content += std::to_string(i) + " ";
  const auto path = folder.write("x", content);
  std::vector<size_t> sizes;
  std::string all;
  const auto take = [&](std::string_view piece) {
    sizes.push_back(piece.size());
    all += piece;
  };
  read_in_pieces(path, take);
  EXPECT_EQ(all, content);
  EXPECT_EQ(sizes, (std::vector<size_t>{65536, 65536, content.size() - 131072}));
  sizes.clear();
  read_in_pieces(folder.write("full", std::string(65536, 'x')), take);
  EXPECT_EQ(sizes, std::vector<size_t>{65536});
  sizes.clear();
  read_in_pieces("/dev/null", take);
  EXPECT_TRUE(sizes.empty());
  EXPECT_THAT(message_of<InputError>([&] { read_in_pieces(folder.path(), take); }), HasSubstr("found a folder"));
  EXPECT_THAT(message_of<InputError>([&] { read_in_pieces(folder.path() / "no", take); }), HasSubstr("no such file"));
}

TEST(AtomicFile, AppearsAtCommitOnly) {
  const TemporaryFolder folder;
  const auto path = folder.write("model", "old");
  AtomicFile file(path);
  file.write("ne");
  file.write("w");
  EXPECT_EQ(read_text_file(path), "old");
  file.commit();
  EXPECT_EQ(read_text_file(path), "new");
  EXPECT_THAT(names_in(folder.path()), ::testing::ElementsAre("model"));
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const TemporaryFolder folder;
  { AtomicFile(folder.path() / "model").write("half"); }
  EXPECT_THAT(names_in(folder.path()), ::testing::IsEmpty());
}

TEST(AtomicFile, KeepsRightsAndLinks) {
  const TemporaryFolder folder;
  const auto path = folder.write("real", "old");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  const auto link = folder.path() / "link";
  std::filesystem::create_symlink("real", link);
  AtomicFile file(link);
  file.write("new");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(read_text_file(path), "new");
  EXPECT_EQ(static_cast<int>(std::filesystem::status(path).permissions()), 0640);
}

TEST(AtomicFile, WorksInTheCurrentFolder) {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  AtomicFile file("plain");
  file.write("x");
  file.commit();
  std::filesystem::current_path(before);
  EXPECT_EQ(read_text_file(folder.path() / "plain"), "x");
}

TEST(AtomicFile, RefusesFoldersAndDevices) {
  const TemporaryFolder folder;
  EXPECT_EQ(message_of<IoError>([&] { AtomicFile{folder.path()}; }),
            folder.path().string() + ": cannot be written: it is a folder; name a file");
  EXPECT_EQ(message_of<IoError>([] { AtomicFile{"/dev/full"}; }),
            "/dev/full: cannot be written: it is a pipe or device; name a plain file");
  EXPECT_THAT(message_of<IoError>([&] { AtomicFile{folder.path() / "no" / "x"}; }), HasSubstr("No such file"));
}

TEST(AtomicFile, AFailedWriteLeavesTheOldContent) {
  const TemporaryFolder folder;
  const auto path = folder.write("model", "old");
  std::string message;
  {
    const FileSizeLimit limit(1000);
    message = message_of<IoError>([&] {
      AtomicFile file(path);
      file.write(std::string(5000, 'x'));
      file.commit();
    });
  }
  EXPECT_EQ(message, path.string() + ": cannot be written: File too large");
  EXPECT_EQ(read_text_file(path), "old");
  EXPECT_THAT(names_in(folder.path()), ::testing::ElementsAre("model"));
}

TEST(AtomicFile, IsAbandonedOnceItsWriterWasKilled) {
  const TemporaryFolder folder;
  const auto path = folder.write("file", "old");
  const auto child = ::fork();
  if (child == 0) {
    AtomicFile file(path);
    file.write("half");
    ::kill(::getpid(), SIGKILL);
  }
  ASSERT_GT(child, 0);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(names_in(folder.path()).size(), 2U) << "the file and what was half written";
  folder.write(".attune-notes.txt", "named like none");
  AtomicFile live(path);
  live.write("new");
  remove_abandoned(path);
  EXPECT_EQ(names_in(folder.path()).size(), 3U) << "the file, the notes and the one that is being written";
  live.commit();
  remove_abandoned(path);
  EXPECT_EQ(names_in(folder.path()).size(), 2U);
  EXPECT_EQ(read_text_file(path), "new");
  remove_abandoned(folder.path() / "nowhere" / "file");
}

TEST(AtomicFile, NamesAnUnwritableFolder) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write into every folder";
  const TemporaryFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0500), 0);
  const auto path = folder.path() / "model";
  EXPECT_EQ(message_of<IoError>([&] { AtomicFile{path}; }), path.string() + ": cannot be written: Permission denied");
  EXPECT_THAT(message_of<IoError>([&] { FileLock{path}; }),
              HasSubstr("model.lock: cannot be written: Permission denied"));
  ASSERT_EQ(::chmod(folder.path().c_str(), 0700), 0);
}

}  // namespace
}  // namespace attune
