// SPDX-License-Identifier: Apache-2.0
#include "attune/allocate/allocation_parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "attune/core/error.hpp"

namespace attune {
namespace {

TEST(AllocationParameters, SameSeedSameNumbers) {
  const auto draw = [](uint64_t seed) { return draw_parameters(ItemScore::kAdditive, 3, 2, 0, 1, seed); };
  EXPECT_EQ(draw(1).weights, draw(1).weights);
  EXPECT_NE(draw(1).weights, draw(2).weights);
  EXPECT_EQ(3U, draw(1).weights.size());
  EXPECT_NE(0, draw(1).bias);
}

TEST(AllocationParameters, MeanAndDeviationAreMet) {
  const auto parameters = draw_parameters(ItemScore::kScaledDot, 100, 100, 3, 0.5, 1);
  double sum = 0, squares = 0;
  for (const double weight : parameters.weights) {
    sum += weight;
    squares += (weight - 3) * (weight - 3);
  }
  EXPECT_NEAR(3, sum / 1e4, 0.02);
  EXPECT_NEAR(0.5, std::sqrt(squares / 1e4), 0.02);
  EXPECT_EQ(0, parameters.bias);
}

TEST(AllocationParameters, ComeBackFromJson) {
  for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
    const auto parameters = draw_parameters(score, 3, 2, 0, 1, 1);
    const auto back = parameters_from_json(Json::parse(to_json(parameters).dump()), "p.json", 2);
    EXPECT_EQ(parameters.score, back.score);
    EXPECT_EQ(parameters.key_width, back.key_width);
    EXPECT_EQ(parameters.weights, back.weights);
    EXPECT_EQ(parameters.bias, back.bias);
  }
}

TEST(AllocationParameters, JsonThatIsNoneIsNamed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"([1])", R"(p.json, "score": expected scaled_dot or additive, found none)"},
      {R"({"W": [[1, 2]]})", R"(p.json, "score": expected scaled_dot or additive, found none)"},
      {R"({"score": "cosine"})", R"(p.json, "score": expected scaled_dot or additive, found "cosine")"},
      {R"({"score": 3})", R"(p.json, "score": expected scaled_dot or additive, found 3)"},
      {R"({"score": "scaled_dot"})", R"(p.json, "W": expected a row of 2 numbers per feature, found none)"},
      {R"({"score": "scaled_dot", "W": []})", R"(p.json, "W": expected a row of 2 numbers per feature, found [])"},
      {R"({"score": "scaled_dot", "W": [[1]]})", R"(p.json, "W": expected a row of 2 numbers per feature, found [1])"},
      {R"({"score": "scaled_dot", "W": [[1, null]]})", R"(p.json, "W": expected a number, found null)"},
      {R"({"score": "scaled_dot", "W": [7]})", R"(p.json, "W": expected a list of numbers, found 7)"},
      {R"({"score": "additive", "b_a": 1})", R"(p.json, "W_a": expected a number per feature, found none)"},
      {R"({"score": "additive", "W_a": [1]})", R"(p.json, "b_a": expected a number, found none)"},
      {R"({"score": "additive", "W_a": ["1"], "b_a": 1})", R"(p.json, "W_a": expected a number, found "1")"},
  };
  for (const auto& [text, message] : cases) {
    try {
      static_cast<void>(parameters_from_json(Json::parse(text), "p.json", 2));
      ADD_FAILURE() << "was taken: " << text;
    } catch (const InputError& error) {
      EXPECT_EQ(message, error.what());
    }
  }
}

TEST(AllocationParameters, UnknownScoreIsSuggested) {
  try {
    static_cast<void>(parse_item_score("aditive"));
    FAIL() << "was taken";
  } catch (const UsageError& error) {
    EXPECT_STREQ("score: unknown name \"aditive\" (did you mean \"additive\"?)", error.what());
  }
}

}  // namespace
}  // namespace attune
