// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "feature_fixtures.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using testing::encode_ids;
using testing::fitted_input;
using ::testing::HasSubstr;

const std::vector<std::string> kCells = {"red", "blue", "red", "", "blue", "red", "green"};

TEST(CategoryInput, KnownRareUnknownAndEmptyValues) {
  const auto feature = fitted_input("category", kCells);
  EXPECT_THAT(encode_ids(*feature, "red").ids, ElementsAre(2));   // 3 times
  EXPECT_THAT(encode_ids(*feature, "blue").ids, ElementsAre(3));  // twice
  EXPECT_THAT(encode_ids(*feature, "green").ids, ElementsAre(0));
  EXPECT_THAT(encode_ids(*feature, "Red").ids, ElementsAre(0));
  EXPECT_THAT(encode_ids(*feature, "").ids, ElementsAre(1));
  const Json expected = {{"kind", "ids"}, {"vocabulary", 4}, {"further", 0}, {"unknown", 0}};
  EXPECT_EQ(feature->embedder(), expected);
  EXPECT_THAT(feature->notes(),
              ElementsAre("column \"c\": 2 of 3 different values (seen 2 times or more, at most 10,000)"));
}

TEST(CategoryInput, CountsOneWithoutAnS) {
  EXPECT_THAT(fitted_input("category", {"red", "red"}, {{"min_count", 1}})->notes(),
              ElementsAre("column \"c\": 1 of 1 different value (seen 1 time or more, at most 10,000)"));
}

TEST(CategoryInput, OneTokenARowShownWithItsColumn) {
  const auto feature = fitted_input("category", kCells);
  std::string_view cell = "red";
  const auto ids = encode_ids(*feature, cell);
  EXPECT_THAT(ids.offsets, ElementsAre(0, 1));
  EXPECT_EQ(feature->count_tokens({&cell, 1}).tokens, 1);
  EXPECT_EQ(feature->count_tokens({&cell, 1}).cut_off, 0);
  EXPECT_EQ(feature->show({&cell, 1}, ids.places[0]), "c = red");
  cell = "";
  EXPECT_EQ(feature->show({&cell, 1}, ids.places[0]), "c = (empty)");
}

TEST(CategoryInput, MostCategoriesKeepsTheMostFrequent) {
  const auto feature = fitted_input("category", kCells, {{"max_categories", 1}, {"min_count", 1}});
  EXPECT_THAT(feature->state()["values"], ElementsAre("red"));
}

TEST(CategoryInput, StateRoundTrips) {
  const auto feature = fitted_input("category", kCells, {{"min_count", 1}});
  const auto loaded = load_input_feature(Json::parse(feature->state().dump()));
  EXPECT_EQ(loaded->state(), feature->state());
  EXPECT_EQ(loaded->notes(), feature->notes());
  for (const auto* cell : {"red", "green", "", "unseen"}) {
    EXPECT_EQ(encode_ids(*loaded, cell).ids, encode_ids(*feature, cell).ids);
  }
}

TEST(CategoryInput, RefitForgetsWhatWasFitted) {
  const auto feature = fitted_input("category", kCells);
  const testing::OneColumn other({"x", "x"});
  feature->fit(other.view(), 1);
  EXPECT_THAT(feature->state()["values"], ElementsAre("x"));
  EXPECT_EQ(feature->notes().size(), 1U);
}

}  // namespace
}  // namespace attune
