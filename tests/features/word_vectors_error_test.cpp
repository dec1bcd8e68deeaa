// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "attune/core/error.hpp"
#include "data/compress.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"
#include "vector_fixtures.hpp"

namespace attune::testing {
namespace {

constexpr const char* kNotVectors =
    ": expected word vectors, as text (GloVe, word2vec, fastText .vec) or in word2vec's binary form, found ";

struct Case {
  std::string name;
  std::string bytes;
  std::string message;  ///< behind the file's name
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::vector<Case> cases() {
  const auto nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  const auto whole = binary({{"the", {1, 2}}, {"of", {3, 4}}});
  const std::string truncated =
      ": expected 2 words as line 1 says, found the end of the file; it is truncated: fetch or write it again";
  return {
      {"fewer_numbers", "the 1 2 3\nof 1 2\n", ", line 2: expected 3 numbers as in line 1, found 2"},
      {"more_numbers", "\nthe 1 2 3\n\nof 1 2 3 4\n", ", line 4: expected 3 numbers as in line 2, found 4"},
      {"other_than_the_first_line_says", "2 3\nthe 1 2\n", ", line 2: expected 3 numbers as line 1 says, found 2"},
      {"one_number", "1 1\nthe 1 2\n", ", line 2: expected 1 number as line 1 says, found 2"},
      {"no_number", "the 1 2\nof 1 x2\n", ", line 2, number 2: expected a number, found \"x2\""},
      {"number_and_more", "the 1 2\nof 1,5 2\n", ", line 2, number 1: expected a number, found \"1,5\""},
      {"nan", "the 1 2\nrest 1 nan\n", ", line 2, number 2: expected a finite number, found \"nan\""},
      {"infinite", "the 1 2\nrest -inf 1\n", ", line 2, number 1: expected a finite number, found \"-inf\""},
      {"too_large", "the 1 2\nrest 1e39 1\n", ", line 2, number 1: expected a finite number, found \"1e39\""},
      {"no_number_in_the_first_line", "the 1 2x 3\nof 1 2 3\n", ", line 1, number 2: expected a number, found \"2x\""},
      {"prose", "It was a dark night.\n", ", line 1: expected a word and its numbers, found \"night.\""},
      {"table", "text,label\ngood,1\n", ", line 1: expected a word and its numbers, found \"text,label\""},
      {"empty", "", ": holds no word vectors; expected lines of a word and its numbers"},
      {"blank", "\n \n\r\n", ": holds no word vectors; expected lines of a word and its numbers"},
      {"first_line_only", "5 3\n", ": holds no word vectors; expected lines of a word and its numbers"},
      {"too_wide", "5 4097\nthe 1\n", ", line 1: expected vectors of 1 to 4,096 numbers, found 4,097"},
      {"absurdly_wide", "5 4000000000000\n",
       ", line 1: expected vectors of 1 to 4,096 numbers, found 4,000,000,000,000"},
      {"of_no_width", "5 0\nthe\n", ", line 1: expected vectors of 1 to 4,096 numbers, found 0"},
      {"too_wide_without_first_line", text_lines({{"the", std::vector<float>(4097, 0)}}),
       ", line 1: expected vectors of 1 to 4,096 numbers, found 4,097"},
      {"endless_line", "the 1\n" + std::string((1 << 20) + (1 << 17), 'x'),
       ", line 2: expected a word and its numbers, found no end of the line within 1 MiB"},
      {"endless_first_line", std::string((1 << 20) + (1 << 17), 'x'),
       ", line 1: expected a word and its numbers, found no end of the line within 1 MiB"},
      {"zip", "PK\x03\x04....", kNotVectors + std::string("a zip archive; unpack it first")},
      {"other_binary", std::string("\xba\x16\x4f\x2f\0\0\0\x0c", 8),
       kNotVectors + std::string("binary data of another kind; write a fastText .bin or a saved object as .vec first")},
      {"binary_cut_in_a_vector", whole.substr(0, whole.size() - 3), ", word 2" + truncated},
      {"binary_cut_in_a_word", whole.substr(0, whole.size() - 10), ", word 2" + truncated},
      {"binary_cut_between_words", whole.substr(0, whole.size() - 12), ", word 2" + truncated},
      {"binary_with_more_words", "1" + whole.substr(1),
       ", word 2: found more than the 1 word that the first line promises"},
      {"binary_nan", binary({{"the", {1, 2}}, {"of", {nan, 4}}}),
       ", word 2, number 1: expected a finite number, found nan"},
      {"binary_infinite", binary({{"the", {1, 2}}, {"of", {3, -inf}}}),
       ", word 2, number 2: expected a finite number, found -inf"},
      {"binary_without_words", binary({{"the", {1, 2}}, {std::string(5000, 'x'), {1, 2}}}),
       ", word 2: expected a word and a blank within 4,096 bytes, found none; the file is not word2vec's binary form, "
       "or altered"},
      {"truncated_gzip", gzip("the 1 2\n").substr(0, 20),
       ": the gzip data is truncated; fetch or write the file again"},
      {"no_overlap", "der 1\ndie 2\nund 3\nist 4\n",
       ": none of its 4 words is known to the model: it begins with \"der\", \"die\" and \"und\", column \"c\" knows "
       "\"the\" and \"of\" ..; give vectors of the language and the unit (words, characters) of the text, or leave "
       "them out"},
  };
}

class WordVectorErrors : public ::testing::TestWithParam<Case> {};

TEST_P(WordVectorErrors, NameFileAndPlace) {
  const TemporaryFolder folder;
  const auto path = folder.write("v.txt", GetParam().bytes);
  const Known known({"the", "of"});
  const auto words = known.words();
  EXPECT_EQ(message_of<InputError>([&] {
              (void)read_word_vectors(path, {&words, 1});
            }),
            path.string() + GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(All, WordVectorErrors, ::testing::ValuesIn(cases()),
                         [](const auto& row) { return row.param.name; });

TEST(WordVectorErrors, OfAVocabularyWithoutWords) {
  const TemporaryFolder folder;
  const auto path = folder.write("v.txt", "the 1\n");
  const Known none({}), other({"le"});
  const std::vector<VectorWords> inputs = {none.words("a"), other.words("b")};
  EXPECT_EQ(
      message_of<InputError>([&] { (void)read_word_vectors(path, inputs); }),
      path.string() +
          ": none of its 1 word is known to the model: it begins with \"the\", column \"a\" knows no word at all; "
          "column \"b\" knows \"le\" ..; give vectors of the language and the unit (words, characters) of the text, "
          "or leave them out");
}

TEST(WordVectorErrors, OfAFileThatIsNone) {
  const TemporaryFolder folder;
  const Known known({"the"});
  const auto words = known.words();
  EXPECT_EQ(message_of<InputError>([&] {
              (void)read_word_vectors(folder.path() / "none", {&words, 1});
            }),
            (folder.path() / "none").string() + ": no such file in " + folder.path().string());
  EXPECT_EQ(message_of<InputError>([&] {
              (void)read_word_vectors(folder.path(), {&words, 1});
            }),
            folder.path().string() + ": expected a file, found a folder");
}

}  // namespace
}  // namespace attune::testing
