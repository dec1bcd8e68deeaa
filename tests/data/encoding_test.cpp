// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "attune/core/error.hpp"
#include "compress.hpp"
#include "support/temporary_folder.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

using std::string_literals::operator""s;

struct EncodingCase {
  const char* encoding;
  std::string content;  // the header `a,b` and one row
  std::vector<std::string> row;
};

void PrintTo(const EncodingCase& c, std::ostream* out) { *out << c.encoding; }

std::vector<EncodingCase> encoding_cases() {
  return {
      {"latin1", "a,b\ncaf\xE9,1\n", {"café", "1"}},
      {"ISO-8859-1", "a,b\r\n\"\xFC\"\"\",1\r\n", {"ü\"", "1"}},
      {"windows-1252", "a,b\n\x80,1\n", {"€", "1"}},
      {"gb18030", "a,b\n\xC4\xE3\xBA\xC3,1\n", {"你好", "1"}},
      {"gb18030", "a,b\n\x94\x39\xFD\x31,1\n", {"😅", "1"}},  // four bytes, beyond the basic plane
      {"shift_jis", "a,b\n\x83\x5C,1\n", {"ソ", "1"}},       // its second byte is ASCII's backslash
      {"utf-16",
       "\xFF\xFE"
       "a\0,\0b\0\n\0\xE9\0,\0\x3D\xD8\x05\xDE\n\0"s,
       {"é", "😅"}},
      {"utf-16",
       "\xFE\xFF\0a\0,\0b\0\n\0\xE9\0,\0"
       "1\0\n"s,
       {"é", "1"}},
      {"UTF-16LE",
       "\xFF\xFE"
       "a\0,\0b\0\n\0\xE9\0,\0"
       "1\0"s,
       {"é", "1"}},
      {"utf8", "a,b\né,1\n", {"é", "1"}},
      {"UTF-8",
       "\xEF\xBB\xBF"
       "a,b\né,1\n",
       {"é", "1"}},
  };
}

class Encodings : public ::testing::TestWithParam<EncodingCase> {};

TEST_P(Encodings, ReadAsUtf8) {
  const TemporaryFolder folder;
  const TableOptions options{.encoding = GetParam().encoding};
  for (const auto& path :
       {folder.write("t.csv", GetParam().content), folder.write("t.csv.gz", gzip(GetParam().content))}) {
    const auto table = open_table(path, options);
    EXPECT_EQ(table->names(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(cells(*table), Cells{GetParam().row});
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Encodings, ::testing::ValuesIn(encoding_cases()));

TEST(Encoding, CharactersThatAPieceOfTheBufferCutsInTwo) {
  // Longer than the converter's buffers, with a two-byte shift, so that some character lies across each of their ends.
  std::string utf16 =
      "\xFF\xFE"
      "a\0\n\0"s;
  std::string expected;
  for (int i = 0; i < 200001; ++i) {
    utf16 += i % 7 == 0 ? "x\0"s : "\x3D\xD8\x05\xDE"s;
    expected += i % 7 == 0 ? "x" : "😅";
  }
  const TemporaryFolder folder;
  const auto table = open_table(folder.write("t.csv", utf16), {.encoding = "utf-16"});
  ASSERT_EQ(table->rows(), 1);
  Row row;
  table->read(0, row);
  EXPECT_TRUE(row[0] == expected);
}

TEST(Encoding, FilesLongerThanAPieceOfTheConversion) {
  constexpr size_t kSize = (size_t{1} << 24) + 1001;  // a piece of 16 MiB ends within a character of two bytes
  std::string text = "a\n";
  while (text.size() < kSize) text += text.size() % 3 == 2 ? "x" : "\xC4\xE3";
  const auto characters = std::count(text.begin(), text.end(), '\xC4');
  const TemporaryFolder folder;
  const auto table = open_table(folder.write("t.csv", text), {.encoding = "gb18030"});
  ASSERT_EQ(table->rows(), 1);
  Row row;
  table->read(0, row);
  EXPECT_EQ(std::count(row[0].begin(), row[0].end(), '\xE4'), characters);  // the first byte of 你
  EXPECT_EQ(row[0].size(), text.size() - 2 + static_cast<size_t>(characters));
}

TEST(Encoding, WhatIsNotOfItIsNamedByRowAndCharacter) {
  const TemporaryFolder folder;
  const auto path = folder.write("t.csv", "a,b\n1,2\n\xC4\xE3,x\xFF\n5,6\n");
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(path, {.encoding = "gb18030"}); }),
            path.string() +
                ", row 2 (line 3), column \"b\": character 4 of the row is not gb18030; give the file's own "
                "encoding with --encoding, or pass --skip-bad-rows");
  const auto table = open_table(path, {.encoding = "gb18030", .skip_bad_rows = true});
  EXPECT_EQ(cells(*table), (Cells{{"1", "2"}, {"5", "6"}}));
  EXPECT_EQ(table->skipped_rows(), 1);
}

TEST(Encoding, ACharacterCutOffAtTheEndIsNoText) {
  const TemporaryFolder folder;
  const auto path = folder.write("t.csv", "a\n1\n\xC4");
  EXPECT_EQ(cells(*open_table(path, {.encoding = "gb18030", .skip_bad_rows = true})), (Cells{{"1"}}));
  EXPECT_THROW((void)open_table(path, {.encoding = "gb18030"}), InputError);
}

/// Unicode, table 3-7: first and last of every well-formed range, and what lies just outside.
TEST(Encoding, Utf8IsCheckedToTheLetter) {
  const TemporaryFolder folder;
  const auto opens = [&](const std::string& bytes) {
    const auto path = folder.write("t.csv", "a\n" + std::string(37, 'x') + bytes + "\n");
    try {
      return open_table(path)->rows() == 1;
    } catch (const InputError&) {
      return false;
    }
  };
  for (const auto* good : {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(opens(good)) << ::testing::PrintToString(std::string(good));
  }
  for (const auto* bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2 ", "\xE0\x9F\xBF", "\xE0\xA0", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x90\x80", "\xFE", "\xFF"}) {
    EXPECT_FALSE(opens(bad)) << ::testing::PrintToString(std::string(bad));
  }
}

}  // namespace
}  // namespace attune::testing
