// SPDX-License-Identifier: Apache-2.0
// How text is cut into units: hand-written cuts of awkward texts, and places against code points decoded by hand.
#include <gmock/gmock.h>

#include "feature_fixtures.hpp"
#include "text/segmenter.hpp"

namespace attune {
namespace {

using testing::code_points_of;
using ::testing::ElementsAre;
using testing::fitted_input;
using ::testing::IsEmpty;
using testing::shown_tokens;

struct Cut {
  std::string name;
  std::string cell;
  std::vector<std::string> words;
  std::vector<std::string> characters;
};

const std::string kTechnologist = "\U0001F469\u200D\U0001F4BB";  // woman, zero-width joiner, computer
const std::string kFlag = "\U0001F1EB\U0001F1F7";                // two regional indicators: France

const std::vector<Cut> kCuts = {
    {"words", "The cat sat.", {"The", "cat", "sat", "."}, {"T", "h", "e", " ", "c", "a", "t", " ", "s", "a", "t", "."}},
    {"one character", "x", {"x"}, {"x"}},
    {"apostrophe and decimal point",
     "can't 3.14",
     {"can't", "3.14"},
     {"c", "a", "n", "'", "t", " ", "3", ".", "1", "4"}},
    {"blanks at the ends and in runs", " \t a \n\r\n b\u3000", {"a", "b"}, {"a", " \n\r\n ", "b"}},
    {"combining accent", "e\u0301te\u0301", {"e\u0301te\u0301"}, {"e\u0301", "t", "e\u0301"}},
    {"emoji sequences", kTechnologist + kFlag + "!", {kTechnologist, kFlag, "!"}, {kTechnologist, kFlag, "!"}},
    {"Arabic, right to left", "كتاب جديد", {"كتاب", "جديد"}, {"ك", "ت", "ا", "ب", " ", "ج", "د", "ي", "د"}},
    {"Chinese by dictionary", "我喜欢中国菜", {"我", "喜欢", "中国", "菜"}, {"我", "喜", "欢", "中", "国", "菜"}},
    {"Korean", "한국어 책", {"한국어", "책"}, {"한", "국", "어", " ", "책"}},
    {"zero-width space and byte order mark", "\uFEFFa\u200Bb", {"a", "b"}, {"a", "\u200B", "b"}},
    {"control characters",
     std::string("a\x01\x02") + std::string(1, '\0') + "b",
     {"a", "b"},
     {"a", std::string("\x01\x02") + std::string(1, '\0'), "b"}},
};

TEST(TextUnits, WordsAreCutAtWordBoundariesAndBlanksDropped) {
  const auto feature = fitted_input("text", {"a"}, {{"unit", "words"}});
  for (const auto& cut : kCuts) EXPECT_EQ(shown_tokens(*feature, cut.cell), cut.words) << cut.name;
}

TEST(TextUnits, CharactersAreGraphemesAndRunsOfBlanksAreOne) {
  const auto feature = fitted_input("text", {"a"}, {{"unit", "characters"}});
  for (const auto& cut : kCuts) EXPECT_EQ(shown_tokens(*feature, cut.cell), cut.characters) << cut.name;
}

TEST(TextUnits, TextWithNothingToSeeIsOneEmptyToken) {
  for (const std::string unit : {"words", "characters", "subwords"}) {
    const auto feature = fitted_input("text", {"a b", "b a"}, {{"unit", unit}});
    for (const std::string cell : {"", " ", "\t\r\n", "\u3000\u00A0", "\u200B", "\x01"}) {
      const auto ids = testing::encode_ids(*feature, cell);
      EXPECT_THAT(ids.ids, ElementsAre(1)) << unit;
      EXPECT_THAT(ids.places, ElementsAre(Place{0, 0})) << unit;
      EXPECT_THAT(shown_tokens(*feature, cell), ElementsAre("(empty)")) << unit;
    }
  }
}

/// Joins code points [begin, end) of a text decoded by hand.
std::string joined(const std::vector<std::string>& points, Place place) {
  std::string text;
  for (auto i = place.begin; i < place.end; ++i) text += points.at(static_cast<size_t>(i));
  return text;
}

TEST(TextUnits, PlacesAreCodePointsOfTheOriginalCell) {
  // Forms that change length: ligature, full-width, a German sharp s, a decomposed Hangul, the Turkish dotted I.
  const std::string cell = "ﬁsh ＡＢＣ Straße \u1112\u1161\u11AB İstanbul e\u0301 ½ … " + kTechnologist + " Å";
  const auto points = code_points_of(cell);
  for (const std::string unit : {"words", "characters", "subwords"}) {
    for (const std::string normalization : {"nfc", "nfkc"}) {
      const auto feature =
          fitted_input("text", {cell, cell}, {{"unit", unit}, {"normalization", normalization}, {"lowercase", "yes"}});
      const auto ids = testing::encode_ids(*feature, cell);
      ASSERT_GT(ids.places.size(), 5U);
      const std::string_view view = cell;
      for (const auto place : ids.places) {
        ASSERT_LT(place.begin, place.end);
        EXPECT_EQ(feature->show({&view, 1}, place), joined(points, place)) << unit << " " << normalization;
      }
      EXPECT_EQ(ids.places.front().begin, 0);
      EXPECT_EQ(ids.places.back().end, static_cast<int32_t>(points.size()));
    }
  }
}

struct Form {
  std::string name, cell;
  bool compatibility, fold_case;
  std::vector<std::string> forms;
};

TEST(TextUnits, FormsAreNormalisedAndFolded) {
  const std::vector<Form> table = {
      {"kept", "Straße Ａ", false, false, {"Straße", "Ａ"}},
      {"composed", "e\u0301", false, false, {"é"}},
      {"folded", "Straße ÉTÉ ΣΊΣΥΦΟΣ", false, true, {"strasse", "été", "σίσυφοσ"}},
      {"compatibility", "ﬁsh Ａ ①", true, false, {"fish", "A", "1"}},
      {"both", "Ａ ﬁSH", true, true, {"a", "fish"}},
      {"folding leaves the normal form", "İ", false, true, {"i\u0307"}},
  };
  for (const auto& row : table) {
    const auto units = make_word_segmenter({row.compatibility, row.fold_case})->segment(row.cell);
    std::vector<std::string> forms;
    for (const auto& unit : units) forms.push_back(unit.form);
    EXPECT_EQ(forms, row.forms) << row.name;
  }
}

TEST(TextUnits, InvalidBytesAreReadAsReplacementCharacters) {
  const auto units = make_character_segmenter({false, false})->segment("a\xFF\xC3z");
  std::vector<std::string> forms;
  for (const auto& unit : units) forms.push_back(unit.form);
  EXPECT_THAT(forms, ElementsAre("a", "\uFFFD", "\uFFFD", "z"));
  EXPECT_EQ(code_points("a\xFF\xC3z", units[3].place), "z");
}

struct Auto {
  std::string name;
  std::vector<std::string> cells;
  std::string unit, share;
};

TEST(TextUnits, AutoChoosesByScript) {
  const std::vector<Auto> table = {
      {"English", {"a text in English", "another"}, "words", "0 %"},
      {"Chinese", {"很好吃", "不好吃 OK"}, "characters", "75 %"},  // 6 of 8 letters
      {"Japanese", {"私はコーヒーを飲む"}, "characters", "100 %"},
      {"Thai", {"ภาษาไทย"}, "characters", "100 %"},
      {"some Chinese in English", {"the word 好 means good"}, "words", "5.9 %"},  // 1 of 17 letters
      {"Korean", {"한국어 책"}, "words", "0 %"},
      {"no letters", {"123", "!?"}, "words", "0 %"},
  };
  for (const auto& row : table) {
    const auto feature = fitted_input("text", row.cells);
    EXPECT_EQ(feature->state()["unit"], row.unit) << row.name;
    ASSERT_THAT(feature->notes(), ::testing::Not(IsEmpty()));
    EXPECT_THAT(feature->notes().front(), ::testing::HasSubstr("unit: " + row.unit + " (" + row.share)) << row.name;
  }
}

}  // namespace
}  // namespace attune
