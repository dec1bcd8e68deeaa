// SPDX-License-Identifier: Apache-2.0
//
// What a record holds is read by TensorBoard itself in tests/cli/test_tensorboard.py.
#include "attune/core/event_file.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "crc32c.hpp"
#include "support/file_size_limit.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using testing::message_of;
using testing::TemporaryFolder;

uint64_t number_at(std::string_view bytes, size_t begin, size_t size) {
  uint64_t number = 0;
  for (size_t i = size; i-- > 0;) number = number << 8 | static_cast<uint8_t>(bytes.at(begin + i));
  return number;
}

/// As TensorFlow's crc32c::Unmask.
uint32_t unmasked(uint64_t masked) {
  const auto turned = static_cast<uint32_t>(masked) - 0xa282ead8U;
  return turned >> 17 | turned << 15;
}

/// The records of a file: length, its checksum, data, its checksum.
std::vector<std::string> records(const std::filesystem::path& path) {
  const auto bytes = read_text_file(path);
  std::vector<std::string> found;
  for (size_t at = 0; at < bytes.size();) {
    const auto length = number_at(bytes, at, 8);
    EXPECT_EQ(unmasked(number_at(bytes, at + 8, 4)), crc32c(std::string_view(bytes).substr(at, 8)));
    found.push_back(bytes.substr(at + 12, length));
    EXPECT_EQ(unmasked(number_at(bytes, at + 12 + length, 4)), crc32c(found.back()));
    at += 12 + length + 4;
    EXPECT_LE(at, bytes.size());
  }
  return found;
}

TEST(EventFile, HoldsFramedRecords) {
  const TemporaryFolder folder;
  EventFile file(folder.path());
  file.begin(1);
  file.add(1, {{"a/b", 0.5}, {"c", -2}});
  file.add_text(1, "options", "x = 1");
  file.flush();
  const auto found = records(file.path());
  ASSERT_EQ(found.size(), 4U);
  EXPECT_THAT(found[0], HasSubstr("brain.Event:2"));
  EXPECT_THAT(found[2], HasSubstr("a/b"));
  EXPECT_THAT(found[3], HasSubstr("x = 1"));
}

TEST(EventFile, IsNamedAsTensorBoardLooksForIt) {
  const TemporaryFolder folder;
  const EventFile file(folder.path());
  EXPECT_THAT(file.path().filename().string(),
              MatchesRegex("events\\.out\\.tfevents\\.[0-9]+\\.[A-Za-z0-9._-]+\\.attune"));
}

TEST(EventFile, TouchesNoOtherOne) {
  const TemporaryFolder folder;
  std::set<std::filesystem::path> paths;
  for (int i = 0; i < 4; ++i) {  // within a second
    EventFile file(folder.path());
    file.add(i, {{"value", 1.0}});
    paths.insert(file.path());
  }
  ASSERT_EQ(paths.size(), 4U);
  for (const auto& path : paths) EXPECT_EQ(records(path).size(), 2U);
}

TEST(EventFile, MakesItsFolder) {
  const TemporaryFolder folder;
  const EventFile file(folder.path() / "runs" / "first");
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "runs" / "first" / file.path().filename()));
}

TEST(EventFile, IsWrittenAtItsEnd) {
  const TemporaryFolder folder;
  std::filesystem::path path;
  {
    EventFile file(folder.path());
    path = file.path();
    for (int64_t step = 0; step < 3000; ++step) file.add(step, {{"step/loss", 1.0}});
    EXPECT_GT(std::filesystem::file_size(path), size_t{64} << 10) << "all of it is held in memory";
  }
  EXPECT_EQ(records(path).size(), 3001U);
}

TEST(EventFile, GoesOnWithinARecordWhenThereIsRoomAgain) {
  const TemporaryFolder folder;
  std::filesystem::path path;
  {
    EventFile file(folder.path());
    path = file.path();
    {
      const testing::FileSizeLimit limit(100);
      for (int64_t step = 0; step < 9; ++step) file.add(step, {{"loss", 0.5}});
      EXPECT_THROW(file.flush(), IoError);
    }
    file.add(9, {{"loss", 0.5}});
  }
  EXPECT_EQ(records(path).size(), 11U) << "the version and ten steps";
}

TEST(EventFile, NamesWhatCannotBeWritten) {
  const TemporaryFolder folder;
  const auto plain = folder.write("plain", "x");
  EXPECT_THAT(message_of<IoError>([&] { const EventFile file(plain / "runs"); }),
              HasSubstr((plain / "runs").string() + ": cannot be written: "));
  EventFile file(folder.path());
  file.flush();
  file.add(0, {{"value", 1.0}});
  const testing::FileSizeLimit limit(10);
  EXPECT_EQ(message_of<IoError>([&] { file.flush(); }), file.path().string() + ": cannot be written: File too large");
}

}  // namespace
}  // namespace attune
