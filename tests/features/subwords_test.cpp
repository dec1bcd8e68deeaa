// SPDX-License-Identifier: Apache-2.0
// Built twice: on its own, and in a program that also links LibTorch, which exports protobuf symbols.
#include <gmock/gmock.h>

#include <algorithm>

#include "feature_fixtures.hpp"

namespace attune {
namespace {

using ::testing::Contains;
using testing::encode_ids;
using testing::fitted_input;
using ::testing::HasSubstr;
using testing::shown_tokens;

/// Some 400 short sentences with stems and endings that a unigram model finds.
std::vector<std::string> sentences() {
  const std::vector<std::string> subjects = {"the walker", "the talker", "a jumper", "the painter"};
  const std::vector<std::string> verbs = {"walked", "talked", "jumped", "painted", "walking", "talking"};
  std::vector<std::string> all;
  for (int i = 0; i < 400; ++i) {
    const auto n = static_cast<size_t>(i);
    all.push_back(subjects[n % 4] + " was " + verbs[n * 7 % 6] + " near " + subjects[n * 3 % 4] + " " +
                  std::to_string(i));
  }
  return all;
}

TEST(Subwords, ManyWordsAreCutIntoFewerPieces) {
  const auto feature = fitted_input("text", sentences(), {{"unit", "subwords"}, {"pieces", 60}});
  EXPECT_LE(feature->embedder()["vocabulary"].get<int64_t>(), 62);
  EXPECT_GT(feature->embedder()["vocabulary"].get<int64_t>(), 20);
  const std::string unseen = "the painter was walking near a talker 399";
  const auto ids = encode_ids(*feature, unseen).ids;
  EXPECT_GT(ids.size(), 8U);                  // more than its words
  EXPECT_LT(ids.size(), unseen.size() - 10);  // fewer than its letters
  EXPECT_THAT(ids, ::testing::Not(Contains(0)));
}

TEST(Subwords, PiecesJoinToTheTextWithoutItsBlanks) {
  const auto feature = fitted_input("text", sentences(), {{"unit", "subwords"}, {"pieces", 60}});
  std::string joined;
  for (const auto& piece : shown_tokens(*feature, "  the   walker\twas ☃ \U0001F469\u200D\U0001F4BB here "))
    joined += piece;
  joined.erase(std::remove(joined.begin(), joined.end(), ' '), joined.end());  // an unknown run may span a blank
  EXPECT_EQ(joined, "thewalkerwas☃\U0001F469\u200D\U0001F4BBhere");
}

TEST(Subwords, TrainingGivesTheSameBytesEachTime) {
  const Json options = {{"unit", "subwords"}, {"pieces", 80}};
  const auto first = fitted_input("text", sentences(), options)->state()["subwords"].get<std::string>();
  ASSERT_FALSE(first.empty());
  EXPECT_EQ(fitted_input("text", sentences(), options)->state()["subwords"], first);
}

TEST(Subwords, SmallCorpusGivesFewerPiecesAndSaysSo) {
  const auto notes = fitted_input("text", {"hello world", "hello there"}, {{"unit", "subwords"}})->notes();
  EXPECT_THAT(notes, Contains(HasSubstr("instead of 8000, for the training text holds no more")));
}

TEST(Subwords, ManyDifferentCharactersRaiseThePieces) {
  std::string text;
  for (int i = 0; i < 500; ++i) {  // 500 Han characters from U+4E00, each as frequent as the others
    const int c = 0x4E00 + i;
    text += static_cast<char>(0xE0 | (c >> 12));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  }
  const auto feature = fitted_input("text", {text, text}, {{"unit", "subwords"}, {"pieces", 100}});
  EXPECT_THAT(feature->notes(), Contains(HasSubstr("pieces instead of 100, for so many different characters")));
}

TEST(Subwords, AwkwardCorporaNeitherFailNorEndTheProgram) {
  // sentencepiece aborts on text of blanks alone, and on text that all holds its reserved characters.
  const std::string nul("a\0b", 3);
  for (const std::vector<std::string>& cells : std::vector<std::vector<std::string>>{{""},
                                                                                     {" ", "\t"},
                                                                                     {"a"},
                                                                                     {"\u2581"},
                                                                                     {"\u2585 x", "\u2581\u2581"},
                                                                                     {nul, "\x01"},
                                                                                     {"<unk> <s> </s>"},
                                                                                     {"\u0301"},
                                                                                     {std::string(9000, 'a') + " b"}}) {
    const auto feature = fitted_input("text", cells, {{"unit", "subwords"}});
    for (const std::string cell : {"hello", "", "\u2581", "\u2585", "a b"}) {
      EXPECT_FALSE(encode_ids(*feature, cell).ids.empty());
    }
  }
}

}  // namespace
}  // namespace attune
