// SPDX-License-Identifier: Apache-2.0
// What a text input hands on: ids, n-grams, truncation, length, several threads.
#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "attune/core/error.hpp"
#include "feature_fixtures.hpp"
#include "text/ngrams.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using testing::encode_ids;
using testing::fitted_input;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::message_of;

TEST(TextEncode, IdsAreByCountThenByText) {
  // the x3, cat x2, dog x2, sat x1: "sat" is rarer than min_count.
  const auto feature = fitted_input("text", {"The dog the cat", "THE cat sat dog"}, {{"unit", "words"}, {"ngrams", "no"}});
  EXPECT_THAT(feature->state()["vocabulary"], ElementsAre("the", "cat", "dog"));
  EXPECT_THAT(encode_ids(*feature, "dog sat the mouse cat").ids, ElementsAre(4, 0, 2, 0, 3));
  const Json expected = {{"kind", "ids"}, {"vocabulary", 5}, {"further", 0}, {"unknown", 0}};
  EXPECT_EQ(feature->embedder(), expected);
}

TEST(TextEncode, MinCountAndMaxVocabularyBoundTheVocabulary) {
  const std::vector<std::string> cells = {"a a a b b c"};
  EXPECT_THAT(fitted_input("text", cells, {{"min_count", 1}})->state()["vocabulary"], ElementsAre("a", "b", "c"));
  EXPECT_THAT(fitted_input("text", cells, {{"min_count", 3}})->state()["vocabulary"], ElementsAre("a"));
  EXPECT_THAT(fitted_input("text", cells, {{"min_count", 1}, {"max_vocabulary", 2}})->state()["vocabulary"],
              ElementsAre("a", "b"));
}

TEST(TextEncode, NotesTellTheVocabularyAndTheUnknownShare) {
  const auto feature = fitted_input("text", {"a a a b"}, {{"unit", "words"}});
  ASSERT_THAT(feature->notes(), ::testing::SizeIs(1));
  EXPECT_EQ(
      feature->notes()[0],
      "column \"c\": vocabulary: 1 of 2 different units (seen 2 times or more, at most 50,000), 25 % of 4 training "
      "tokens are unknown");
  EXPECT_THAT(fitted_input("text", {"a b", "c"}, {{"unit", "words"}})->notes().back(), HasSubstr("give min_count=1"));
  EXPECT_THAT(fitted_input("text", {"", " "}, {{"unit", "words"}})->notes().back(),
              HasSubstr("no training row holds any text"));
}

TEST(TextEncode, RowsAppendAndOffsetsFollow) {
  const auto feature = fitted_input("text", {"a b", "a b"}, {{"unit", "words"}, {"ngrams", "no"}});
  auto batch = feature->empty_encoding();
  for (const std::string_view cell : {"a b", "", "b"}) feature->encode({&cell, 1}, batch);
  const auto& ids = std::get<Ids>(batch);
  EXPECT_THAT(ids.offsets, ElementsAre(0, 2, 3, 4));
  EXPECT_THAT(ids.ids, ElementsAre(2, 3, 1, 3));
  EXPECT_THAT(ids.further_offsets, IsEmpty());
}

TEST(TextEncode, LongTextIsCutAndTheRestCounted) {
  const auto feature = fitted_input("text", {"a a"}, {{"unit", "words"}, {"max_length", 3}});
  struct Case {
    std::string_view cell;
    int64_t tokens, cut_off;
  };
  for (const auto& [cell, tokens, cut_off] :
       std::vector<Case>{{"", 1, 0}, {"a", 1, 0}, {"a a a", 3, 0}, {"a a a a a", 3, 2}}) {
    EXPECT_EQ(feature->count_tokens({&cell, 1}).tokens, tokens) << cell;
    EXPECT_EQ(feature->count_tokens({&cell, 1}).cut_off, cut_off) << cell;
    EXPECT_EQ(encode_ids(*feature, cell).ids.size(), static_cast<size_t>(tokens)) << cell;
  }
}

TEST(TextEncode, HundredThousandCharactersAreReadByEveryUnit) {
  std::string spaced, unspaced(100000, 'q'), marks = "e";
  for (int i = 0; i < 50000; ++i) spaced += i % 7 == 0 ? "z " : "y ";
  for (int i = 0; i < 50000; ++i) marks += "\u0301";
  for (const std::string unit : {"words", "characters", "subwords"}) {
    const auto feature =
        fitted_input("text", {spaced, "y z", unspaced, marks}, {{"unit", unit}, {"max_length", 1000000}});
    for (const auto& cell : {spaced, unspaced, marks}) {
      const auto ids = encode_ids(*feature, cell);
      ASSERT_FALSE(ids.ids.empty());
      EXPECT_EQ(ids.places.front().begin, 0) << unit;
    }
    EXPECT_GE(encode_ids(*feature, spaced).ids.size(), 50000U) << unit;
  }
}

/// FNV-1a of 64 bits written out again, against the published value of "a" (0xaf63dc4c8601ec8c).
uint64_t fnv(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3;
  }
  return hash;
}

TEST(TextEncode, CharacterNgramsOfAWordAreThoseOfFastText) {
  ASSERT_EQ(fnv("a"), 0xaf63dc4c8601ec8cU);
  std::vector<int64_t> found, expected;
  append_character_ngrams("né", {1, 3, 1000}, found);
  for (const auto* gram : {"n", "é", "<n", "né", "é>", "<né", "né>"}) {
    expected.push_back(static_cast<int64_t>(fnv(gram) % 1000));
  }
  EXPECT_EQ(found, expected);
}

TEST(TextEncode, NgramsOfAVeryLongWordAreBounded) {
  std::vector<int64_t> found;
  append_character_ngrams(std::string(100000, 'x'), {3, 3, 1000}, found);
  EXPECT_EQ(found.size(), 62U);  // 64 characters looked at
}

TEST(TextEncode, EveryTokenHasItsFurtherIds) {
  const auto feature = fitted_input("text", {"cat cat"}, {{"unit", "words"}, {"ngram_rows", 50}});
  const auto ids = encode_ids(*feature, "cat of");
  // <cat>: 3-grams 3, 4-grams 2, 5-grams 1. <of>: 3-grams 2, 4-grams 1.
  EXPECT_THAT(ids.further_offsets, ElementsAre(0, 6, 9));
  EXPECT_THAT(ids.further, ::testing::Each(::testing::AllOf(::testing::Ge(0), ::testing::Lt(50))));
  EXPECT_EQ(ids.further.size(), 9U);
  EXPECT_THAT(encode_ids(*feature, "").further_offsets, ElementsAre(0, 0));
  EXPECT_EQ(feature->embedder()["further"], 50);
}

TEST(TextEncode, NgramsOfCharactersAreRunsOfUnits) {
  const auto feature = fitted_input("text", {"好吃好吃"}, {{"ngrams_min", 2}, {"ngrams_max", 2}});
  const auto ids = encode_ids(*feature, "好吃好吃");
  EXPECT_THAT(ids.further_offsets, ElementsAre(0, 1, 2, 3, 3));  // the last begins no run of two
  ASSERT_EQ(ids.further.size(), 3U);
  EXPECT_EQ(ids.further[0], static_cast<int64_t>(fnv("好\x1f吃\x1f") % 8192));
  EXPECT_EQ(ids.further[0], ids.further[2]);
  EXPECT_NE(ids.further[0], ids.further[1]);
}

TEST(TextEncode, ThreadsEncodeAlikeAtTheSameTime) {
  const auto feature = fitted_input("text", {"one two three", "two three"}, {{"unit", "words"}});
  const auto expected = encode_ids(*feature, "three two one").ids;
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (auto& mistakes : wrong) {
    threads.emplace_back([&feature, &mistakes, &expected] {
      for (int i = 0; i < 500; ++i) mistakes += encode_ids(*feature, "three two one").ids == expected ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

TEST(TextEncode, TenThousandShortTextsTakeWellUnderASecond) {
  const auto feature = fitted_input("text", {"What is the capital of France ?", "What is it"}, {{"unit", "words"}});
  auto batch = feature->empty_encoding();
  const std::string_view cell = "How many people live in the largest city of Brazil ?";
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 10000; ++i) feature->encode({&cell, 1}, batch);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(std::get<Ids>(batch).ids.size(), 110000U);
  RecordProperty("seconds", std::to_string(seconds.count()));
  EXPECT_LT(seconds.count(), 5.0);  // 0.1 s when it was written; room for sanitizers and a busy machine
}

TEST(TextEncode, OptionsOutOfRangeAreRefusedByName) {
  const auto refused = [](const Json& options) {
    return message_of<UsageError>([&] { static_cast<void>(make_input_feature({"c", "text", {"c"}, options})); });
  };
  EXPECT_THAT(refused({{"max_length", 0}}), HasSubstr("max_length"));
  EXPECT_THAT(refused({{"unit", "word"}}), HasSubstr("unit"));
  EXPECT_THAT(refused({{"min_cuont", 1}}), ::testing::AllOf(HasSubstr("min_cuont"), HasSubstr("min_count")));
  EXPECT_THAT(refused({{"min_count", "two"}}), HasSubstr("min_count"));
  EXPECT_THAT(refused({{"ngrams_min", 4}, {"ngrams_max", 3}}), HasSubstr("give ngrams_min <= ngrams_max"));
}

}  // namespace
}  // namespace attune
