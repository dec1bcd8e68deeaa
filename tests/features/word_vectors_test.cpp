// SPDX-License-Identifier: Apache-2.0
#include "attune/features/word_vectors.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "attune/core/error.hpp"
#include "attune/core/sha256.hpp"
#include "data/compress.hpp"
#include "feature_fixtures.hpp"
#include "support/peak_memory.hpp"
#include "support/temporary_folder.hpp"
#include "vector_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Entries kEntries = {
    {"</s>", {0.5F, 0.25F, -1.0F}},   {"the", {1.5F, -2.0F, 3.25F}}, {"Gr\u00f6\u00dfe", {-0.125F, 0.0F, 7.0F}},
    {"\u5f88", {0.5F, 0.75F, -0.5F}}, {"3", {4.0F, 5.0F, 6.0F}},     {"rest", {9.0F, 9.0F, 9.0F}}};

/// A file read for one input that knows some words.
WordVectors read(const std::string& bytes,
                 const Known& known = Known({"the", "Gr\u00f6\u00dfe", "\u5f88", "3", "none"})) {
  const TemporaryFolder folder;
  const auto words = known.words();
  auto vectors = read_word_vectors(folder.write("v.txt", bytes), {&words, 1});
  for (auto& note : vectors.notes) {
    EXPECT_TRUE(note.starts_with((folder.path() / "v.txt: ").string())) << note;
    note = note.substr((folder.path() / "v.txt: ").string().size());
  }
  return vectors;
}

struct Format {
  std::string name;
  std::string bytes;
  std::string format;
};
void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

std::vector<Format> formats() {
  const auto lines = text_lines(kEntries);
  const auto dos = text_lines(kEntries, " ", "\r\n");
  return {
      {"glove", lines, "text"},
      {"without_last_line_end", lines.substr(0, lines.size() - 1), "text"},
      {"dos", dos, "text"},
      {"byte_order_mark", "\xEF\xBB\xBF" + lines, "text"},
      {"trailing_blanks", text_lines(kEntries, " ", " \n"), "text"},
      {"tabs", text_lines(kEntries, "\t"), "text"},
      {"several_blanks", text_lines(kEntries, "  "), "text"},
      {"leading_blanks", text_lines(kEntries, " ", "\n "), "text"},
      {"empty_lines", "\n" + text_lines(kEntries, " ", "\n\n \r\n"), "text"},
      {"plus_signs",
       "the +1.5 -2 +3.25\nGr\u00f6\u00dfe -1.25e-1 0 +7e0\n\u5f88 .5 .75 -.5\n3 4 5 6.\nx 1 1 1\ny 1 1 1\n", "text"},
      {"fasttext", header(kEntries) + lines, "text with a first line"},
      {"fasttext_dos", "6 3\r\n" + dos, "text with a first line"},
      {"fasttext_byte_order_mark", "\xEF\xBB\xBF" + header(kEntries) + lines, "text with a first line"},
      {"word2vec", binary(kEntries), "word2vec binary"},
      {"gensim", binary(kEntries, ""), "word2vec binary"}};
}

class VectorFormats : public ::testing::TestWithParam<Format> {
 protected:
  static void expect_vectors(const WordVectors& vectors) {
    EXPECT_EQ(vectors.format, GetParam().format);
    EXPECT_EQ(vectors.width, 3);
    EXPECT_EQ(vectors.words, 6);
    EXPECT_THAT(vector_of(vectors, 0), ElementsAre(1.5F, -2.0F, 3.25F));
    EXPECT_THAT(vector_of(vectors, 1), ElementsAre(-0.125F, 0.0F, 7.0F));
    EXPECT_THAT(vector_of(vectors, 2), ElementsAre(0.5F, 0.75F, -0.5F));
    EXPECT_THAT(vector_of(vectors, 3), ElementsAre(4.0F, 5.0F, 6.0F));
    EXPECT_THAT(vector_of(vectors, 4), IsEmpty());
    EXPECT_EQ(vectors.inputs[0].covered, 4);
    EXPECT_EQ(vectors.inputs[0].covered_tokens, 5 + 4 + 3 + 2);
    EXPECT_EQ(vectors.inputs[0].values.size(), 12U);
    EXPECT_THAT(vectors.notes,
                ElementsAre("6 word vectors of 3 numbers (" + GetParam().format + ")",
                            "column \"c\": 4 of 5 known words have a vector (80 %), 87.5 % of the training tokens"));
  }
};

TEST_P(VectorFormats, AreReadAlike) {
  const auto vectors = read(GetParam().bytes);
  expect_vectors(vectors);
  EXPECT_EQ(vectors.sha256, sha256_hex(GetParam().bytes));
}

TEST_P(VectorFormats, AreReadAlikeFromGzip) {
  const auto half = GetParam().bytes.size() / 2;
  const auto members = gzip(GetParam().bytes.substr(0, half)) + gzip(GetParam().bytes.substr(half));
  const auto vectors = read(members);
  expect_vectors(vectors);
  EXPECT_EQ(vectors.sha256, sha256_hex(members)) << "the hash is that of the file on the disk";
}

TEST_P(VectorFormats, ThatAreCutShortAreReadOrRefusedByName) {
  const TemporaryFolder folder;
  const auto known = Known({"the"});
  const auto words = known.words();
  for (const bool compressed : {false, true}) {
    const auto whole = compressed ? gzip(GetParam().bytes) : GetParam().bytes;
    int64_t refused = 0;
    for (size_t length = 0; length < whole.size(); ++length) {
      const auto path = folder.write("cut", whole.substr(0, length));
      try {
        const auto vectors = read_word_vectors(path, {&words, 1});
        EXPECT_FALSE(compressed) << "truncated gzip was read, " << length << " bytes";
        EXPECT_EQ(vector_of(vectors, 0).size(), static_cast<size_t>(vectors.width)) << length;
      } catch (const InputError& error) {
        ++refused;
        EXPECT_TRUE(std::string(error.what()).starts_with(path.string())) << error.what();
      }
    }
    EXPECT_GT(refused, 10);
  }
}

TEST_P(VectorFormats, ThatAreAlteredAreReadOrRefusedByName) {
  const TemporaryFolder folder;
  const auto known = Known({"the", "3"});
  const auto words = known.words();
  for (size_t place = 0; place < GetParam().bytes.size(); ++place) {
    for (const char other : {'\0', '\n', ' ', '\xff', '9', 'x'}) {
      auto altered = GetParam().bytes;
      altered[place] = other;
      const auto path = folder.write("altered", altered);
      try {
        const auto vectors = read_word_vectors(path, {&words, 1});
        EXPECT_EQ(vectors.inputs[0].values.size(), static_cast<size_t>(vectors.inputs[0].covered * vectors.width));
      } catch (const InputError& error) {
        EXPECT_TRUE(std::string(error.what()).starts_with(path.string())) << error.what();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, VectorFormats, ::testing::ValuesIn(formats()),
                         [](const auto& row) { return row.param.name; });

/// Pieces of 64 KiB end within words, numbers and line ends.
TEST(WordVectors, AreReadAcrossPieces) {
  Entries entries;
  for (int i = 0; i < 5000; ++i) {
    entries.push_back({"w" + std::to_string(i), {}});
    for (int k = 0; k < 7; ++k) entries.back().second.push_back(static_cast<float>(i * 7 + k) / 8.0F);
  }
  const auto known = Known({"w0", "w1234", "w4999"});
  for (const auto& bytes :
       {text_lines(entries), header(entries) + text_lines(entries), binary(entries), binary(entries, "")}) {
    ASSERT_GT(bytes.size(), size_t{2} << 16) << "several pieces";
    const auto vectors = read(bytes, known);
    EXPECT_EQ(vectors.words, 5000);
    EXPECT_EQ(vector_of(vectors, 0), entries[0].second);
    EXPECT_EQ(vector_of(vectors, 1), entries[1234].second);
    EXPECT_EQ(vector_of(vectors, 2), entries[4999].second);
  }
}

TEST(WordVectors, OfWordsWithBlanks) {
  for (const std::string first : {"", "5 2\n"}) {
    const auto vectors = read(first + ". . . 1 2\nat name@domain.com 3 4\nthe 5 6\n 7 8\n\t9 10\n",
                              Known({"the", ". . .", "at name@domain.com", "the 5"}));
    EXPECT_EQ(vectors.width, 2);
    EXPECT_THAT(vector_of(vectors, 0), ElementsAre(5.0F, 6.0F));
    EXPECT_THAT(vector_of(vectors, 1), ElementsAre(1.0F, 2.0F));
    EXPECT_THAT(vector_of(vectors, 2), ElementsAre(3.0F, 4.0F));
    EXPECT_EQ(vectors.notes.back(), "2 words empty or not valid UTF-8; skipped");
  }
}

TEST(WordVectors, OfWordsThatAreNotUtf8AreSkipped) {
  for (const auto& bytes : {text_lines({{"the", {1, 2}}, {"caf\xe9", {3, 4}}, {"\xed\xa0\x80", {5, 6}}}),
                            binary({{"the", {1, 2}}, {"caf\xe9", {3, 4}}, {"\xed\xa0\x80", {5, 6}}})}) {
    const auto vectors = read(bytes, Known({"the", "caf\uFFFD", "caf\xe9"}));
    EXPECT_EQ(vectors.words, 3);
    EXPECT_EQ(vectors.inputs[0].covered, 1);
    EXPECT_EQ(vectors.notes.back(), "2 words empty or not valid UTF-8; skipped");
  }
}

TEST(WordVectors, OfTheVeryWordWinOverOtherLettersOfIt) {
  const auto first_folded = read("THE 1\nThe 2\nthe 3\nApple 4\nAPPLE 5\n", Known({"the", "apple"}));
  EXPECT_THAT(vector_of(first_folded, 0), ElementsAre(3.0F));
  EXPECT_THAT(vector_of(first_folded, 1), ElementsAre(4.0F)) << "else the first, which is the most frequent";
  EXPECT_EQ(first_folded.inputs[0].covered, 2);
  EXPECT_EQ(first_folded.notes.size(), 2U) << "other letters are no repetition";
  EXPECT_THAT(vector_of(read("the 3\nThe 2\n", Known({"the"})), 0), ElementsAre(3.0F));
  const auto unfolded = read("the 3\nThe 2\n", Known({"The", "the"}));
  EXPECT_THAT(vector_of(unfolded, 0), ElementsAre(2.0F));
  EXPECT_THAT(vector_of(unfolded, 1), ElementsAre(3.0F));
}

TEST(WordVectors, OfAWordThatStandsThereTwiceAreTheFirst) {
  const auto vectors = read("the 1\nthe 2\nof 3\nof 4\nthe 5\nrest 6\nrest 7\n", Known({"the", "of"}));
  EXPECT_THAT(vector_of(vectors, 0), ElementsAre(1.0F));
  EXPECT_THAT(vector_of(vectors, 1), ElementsAre(3.0F));
  EXPECT_EQ(vectors.notes.back(), "3 known words more than once; the first counts");
}

TEST(WordVectors, OfNothingButZerosAreCounted) {
  const auto notes = read("the 0 0\nof 0 1\nand -0 0\nunknown 0 0\n", Known({"the", "of", "and"})).notes;
  EXPECT_THAT(notes.back(), ::testing::HasSubstr(": 2 vectors of nothing but zeros"));
  EXPECT_EQ(read("the 1 0\n", Known({"the"})).notes.size(), 2U);
}

TEST(WordVectors, OfAFirstLineThatLies) {
  EXPECT_EQ(read("4 1\nthe 1\nof 2\n", Known({"the"})).notes.back(),
            "its first line promises 4 words, it holds 2; it may be truncated");
  EXPECT_EQ(read("1 1\nthe 1\nof 2\n", Known({"the"})).notes.back(), "its first line promises 1 word, it holds 2");
}

TEST(WordVectors, OfSeveralInputs) {
  const TemporaryFolder folder;
  const Known left({"the", "of"}), right({"of", "none"}), nothing({"none"});
  const std::vector<VectorWords> inputs = {left.words("left"), right.words("right"), nothing.words("nothing")};
  const auto vectors = read_word_vectors(folder.write("v", "of 1\nthe 2\nof 3\n"), inputs);
  ASSERT_EQ(vectors.inputs.size(), 3U);
  EXPECT_THAT(vector_of(vectors, 0, 0), ElementsAre(2.0F));
  EXPECT_THAT(vector_of(vectors, 1, 0), ElementsAre(1.0F));
  EXPECT_THAT(vector_of(vectors, 0, 1), ElementsAre(1.0F));
  EXPECT_THAT(vectors.inputs[2].values, IsEmpty());
  ASSERT_EQ(vectors.notes.size(), 5U);
  EXPECT_THAT(vectors.notes[3], ::testing::HasSubstr("column \"nothing\": 0 of 1 known words have a vector (0 %)"));
  EXPECT_THAT(vectors.notes[4], ::testing::HasSubstr("1 known word more than once")) << "once for all inputs";
}

TEST(WordVectors, AreLookedUpAsATextInputComparesThem) {
  const auto feature = fitted_input("text", {"Caf\u00e9 STRASSE caf\u00e9", "strasse"}, {{"unit", "words"}});
  const auto words = feature->vector_words();
  ASSERT_TRUE(words.has_value());
  EXPECT_THAT(words->forms, ElementsAre("caf\u00e9", "strasse"));
  EXPECT_THAT(words->counts, ElementsAre(2, 2));
  EXPECT_EQ(words->tokens, 4);
  const TemporaryFolder folder;
  const auto vectors = read_word_vectors(folder.write("v", "Stra\u00dfe 1\nCafe\u0301 2\n"), {&*words, 1});
  EXPECT_THAT(vector_of(vectors, 0), ElementsAre(2.0F)) << "decomposed in the file";
  EXPECT_THAT(vector_of(vectors, 1), ElementsAre(1.0F)) << "full case folding";
  EXPECT_EQ(encode_ids(*feature, "Caf\u00e9").ids[0], words->first_id);
}

TEST(WordVectors, AreForWordsAndCharactersOfFittedTextsOnly) {
  const std::vector<std::string> cells(30, "\u5f88\u597d \u5f88\u597d");
  const auto characters = fitted_input("text", cells)->vector_words();
  ASSERT_TRUE(characters.has_value());
  EXPECT_THAT(characters->forms, ::testing::Contains("\u5f88"));
  EXPECT_FALSE(fitted_input("text", cells, {{"unit", "subwords"}, {"pieces", 16}})->vector_words().has_value());
  EXPECT_FALSE(fitted_input("category", cells)->vector_words().has_value());
  EXPECT_FALSE(load_input_feature(fitted_input("text", cells)->state())->vector_words().has_value());
}

TEST(WordVectors, StopWhenAsked) {
  const TemporaryFolder folder;
  const auto path = folder.write("v", text_lines(Entries(100000, {"the", {1.0F}})));
  const Known known({"the"});
  const auto words = known.words();
  int asked = 0;
  EXPECT_EQ(message_of<StoppedError>([&] {
              (void)read_word_vectors(path, {&words, 1}, [&] { return ++asked == 3; });
            }),
            path.string() + ": stopped while it was read");
  EXPECT_EQ(asked, 3);
}

TEST(WordVectors, OfALongFileAreNotHeld) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "v";
  {
    std::ofstream file(path, std::ios::binary);
    const auto numbers = text_lines({{"", std::vector<float>(50, -0.12345F)}});
    for (int i = 0; i < 200000; ++i) file << "word" << i << numbers;
  }
  ASSERT_GT(std::filesystem::file_size(path), uintmax_t{80} << 20);
  const Known known({"word0", "word199999"});
  const auto words = known.words();
  const auto before = peak_kibibytes();
  const auto vectors = read_word_vectors(path, {&words, 1});
  EXPECT_EQ(vectors.inputs[0].covered, 2);
  EXPECT_LT(peak_kibibytes() - before, 16 << 10) << "KiB, for a file of more than 80 MiB";
}

}  // namespace
}  // namespace attune::testing
