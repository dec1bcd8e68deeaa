// SPDX-License-Identifier: Apache-2.0
// What is left of a row's cells without some tokens.
#include <gmock/gmock.h>

#include <algorithm>

#include "feature_fixtures.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using testing::encode_ids;
using testing::fitted_input;

struct TextCase {
  std::string unit, cell;
  std::vector<size_t> tokens;
  std::string rest;
};

std::string rest_of(const InputFeature& feature, std::string_view cell, const std::vector<size_t>& tokens) {
  const auto ids = encode_ids(feature, cell);
  std::vector<Place> places;
  for (const size_t token : tokens) places.push_back(ids.places.at(token));
  return feature.erase({&cell, 1}, places).at(0);
}

TEST(Erase, TextsLoseTheCharactersOfTheTokens) {
  const TextCase cases[] = {
      {"words", "not a good film", {}, "not a good film"},
      {"words", "not a good film", {2}, "not a  film"},
      {"words", "not a good film", {3, 0}, " a good "},  // in any order
      {"words", "not a good film", {0, 1, 2, 3}, "   "},
      {"words", "good,bad", {1}, "good bad"},  // a comma goes, its neighbours stay two words
      {"words", "good, bad", {1}, "good bad"},
      {"words", "(good)bad", {0, 2}, "good bad"},
      {"words",
       "\u00e4rger \U0001F469\u200D\U0001F4BB e\u0301t\u00e9!",
       {0, 3},
       " \U0001F469\u200D\U0001F4BB e\u0301t\u00e9"},
      {"words", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", {0}, " \u05e2\u05d5\u05dc\u05dd"},
      {"words", "", {0}, ""},  // the token of an empty text
      {"words", " \t", {0}, " \t"},
      {"characters", "\u6ce8\u610f\u529b", {1}, "\u6ce8\u529b"},  // characters close up
      {"characters", "ae\u0301b", {1}, "ab"},                     // with its accent
      {"characters", "a b", {1}, "ab"},
  };
  for (const auto& [unit, cell, tokens, rest] : cases) {
    const auto feature = fitted_input("text", {"a a", "b b"}, {{"unit", unit}});
    EXPECT_EQ(rest_of(*feature, cell, tokens), rest) << unit << ": " << cell;
  }
}

/// A feature reads the rest as the row without those tokens.
TEST(Erase, TheRestIsReadAsTheOtherTokens) {
  const std::string cell = "Never say: never, say(never)again! \u6ce8\u610f\u529b x";
  for (const std::string unit : {"words", "characters"}) {
    const auto feature = fitted_input("text", {cell}, {{"unit", unit}, {"min_count", 1}, {"ngrams", "no"}});
    const auto all = encode_ids(*feature, cell).ids;
    for (size_t token = 1; token + 1 < all.size(); ++token) {  // blanks at the ends would be dropped
      auto others = all;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(token));
      const auto rest = rest_of(*feature, cell, {token});
      const auto read = encode_ids(*feature, rest).ids;
      const bool dictionary = unit == "words" && rest.find("\u6ce8\u610f\u529b") == std::string::npos;
      const bool blanks_meet = unit == "characters" && rest.find("  ") != std::string::npos;
      EXPECT_TRUE(dictionary || blanks_meet || read == others) << unit << ": " << rest;
    }
  }
}

TEST(Erase, SubwordsLosePiecesOfWords) {
  const std::vector<std::string> cells(50, "unhappy happy unkind kind");
  const auto feature = fitted_input("text", cells, {{"unit", "subwords"}, {"pieces", 24}});
  const std::string cell = "unhappy kind";
  const auto ids = encode_ids(*feature, cell);
  ASSERT_GT(ids.places.size(), 2U);
  const auto rest = rest_of(*feature, cell, {0});
  EXPECT_EQ(rest, cell.substr(static_cast<size_t>(ids.places[0].end)));
  std::vector<size_t> all(ids.places.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  EXPECT_EQ(rest_of(*feature, cell, all), " ");
}

TEST(Erase, NumbersAndCategoriesAreMissing) {
  const auto category = fitted_input("category", {"red", "red"});
  const std::string_view red = "red";
  const Place whole{0, 1};
  EXPECT_THAT(category->erase({&red, 1}, {&whole, 1}), ElementsAre(""));
  EXPECT_THAT(category->erase({&red, 1}, {}), ElementsAre("red"));

  const auto table = make_table({"a", "b", "c"}, {{"1", "2", "3"}, {"4", "", "6"}});
  const auto numbers =
      make_input_feature({.name = "n", .type = "numbers", .columns = {"a", "b", "c"}, .options = Json::object()});
  const std::vector<int64_t> rows = {0, 1};
  numbers->fit({*table, {0, 1, 2}, rows}, 1);
  const std::vector<std::string_view> cells = {"4", "", "6"};
  const std::vector<Place> places = {{2, 3}, {0, 1}};
  EXPECT_THAT(numbers->erase(cells, places), ElementsAre("", "", ""));
  EXPECT_THAT(numbers->erase(cells, std::span(places).first(1)), ElementsAre("4", "", ""));
}

}  // namespace
}  // namespace attune
