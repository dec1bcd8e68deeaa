// SPDX-License-Identifier: Apache-2.0
#include "attune/data/byte_stream.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/sha256.hpp"
#include "compress.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

namespace attune::testing {
namespace {

constexpr size_t kPiece = 65536;  // bytes read at a time

/// Bytes that gzip cannot make smaller.
std::string noise(size_t size) {
  std::string bytes(size, '\0');
  uint32_t state = 1;
  for (auto& byte : bytes) byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
  return bytes;
}

std::string streamed(const std::filesystem::path& path) {
  std::string all;
  (void)stream_file(path, [&](std::string_view piece) {
    EXPECT_LE(piece.size(), size_t{1} << 18);
    all += piece;
  });
  return all;
}

TEST(StreamFile, HandsOnWhatAFileHolds) {
  const TemporaryFolder folder;
  const auto content = noise(300'000);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {content, content},
      {gzip(content), content},
      {gzip(content) + gzip("more") + std::string(1000, '\0'), content + "more"},
      {"", ""}};
  for (const auto& [bytes, expected] : cases) {
    const auto path = folder.write("x", bytes);
    EXPECT_TRUE(streamed(path) == expected);
    EXPECT_EQ(stream_file(path, [](std::string_view) {}), sha256_hex(bytes));
  }
}

TEST(StreamFile, OfZerosDecompressesMuchMoreThanItTakes) {
  const TemporaryFolder folder;
  const std::string zeros(20'000'000, '\0');
  const auto path = folder.write("x", gzip(zeros));
  ASSERT_LT(std::filesystem::file_size(path), 200'000U);
  EXPECT_TRUE(streamed(path) == zeros);
}

/// A member, the two bytes that begin another, its trailer and the padding each end at any place of a piece.
TEST(StreamFile, TakesMembersThatEndAnywhereInAPiece) {
  const TemporaryFolder folder;
  const auto first = noise(kPiece - 200), rest = gzip("second");
  int64_t tried = 0;
  for (size_t more = 0; more < 200; ++more) {
    const auto content = first + noise(more);
    const auto member = gzip(content);
    if (member.size() + 40 < kPiece) continue;
    if (member.size() > kPiece + 10) break;
    ++tried;
    EXPECT_TRUE(streamed(folder.write("x", member + rest + std::string(70'000, '\0'))) == content + "second") << more;
    EXPECT_EQ(message_of<InputError>([&] { (void)streamed(folder.write("x", member + rest + "tail!")); }),
              (folder.path() / "x").string() +
                  ": the gzip data is corrupt (5 bytes after its end that are not gzip); fetch or write the file again")
        << more;
  }
  EXPECT_GT(tried, 40);
}

TEST(StreamFile, RefusesGzipThatIsCutOrAltered) {
  const TemporaryFolder folder;
  const auto whole = gzip(noise(150'000));
  for (const size_t length :
       {size_t{2}, size_t{10}, kPiece - 1, kPiece, kPiece + 1, whole.size() - 8, whole.size() - 1}) {
    EXPECT_EQ(message_of<InputError>([&] { (void)streamed(folder.write("x", whole.substr(0, length))); }),
              (folder.path() / "x").string() + ": the gzip data is truncated; fetch or write the file again")
        << length;
  }
  auto altered = whole;
  altered[altered.size() - 6] ^= 1;  // in the checksum
  EXPECT_EQ(message_of<InputError>([&] { (void)streamed(folder.write("x", altered)); }),
            (folder.path() / "x").string() +
                ": the gzip data is corrupt (incorrect data check); fetch or write the file again");
}

TEST(StreamFile, PassesOnWhatTheSinkThrows) {
  const TemporaryFolder folder;
  for (const auto& bytes : {std::string("text"), gzip("text")}) {
    const auto path = folder.write("x", bytes);
    EXPECT_EQ(
        message_of<StoppedError>([&] { (void)stream_file(path, [](std::string_view) { throw StoppedError("no"); }); }),
        "no");
  }
}

}  // namespace
}  // namespace attune::testing
