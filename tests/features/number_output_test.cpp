// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <limits>

#include "attune/core/error.hpp"
#include "feature_fixtures.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::message_of;
using testing::OneColumn;

std::unique_ptr<OutputFeature> fitted(const std::vector<std::string>& cells) {
  auto feature = make_output_feature({"c", "number", {"c"}});
  const OneColumn column(cells);
  feature->fit(column.view(), column.view());
  return feature;
}

Prediction decode(const OutputFeature& feature, float score) { return feature.decode({&score, 1}); }

TEST(NumberOutput, TargetsAreScaledAndAnswersAreNot) {
  const auto feature = fitted({"100", "300"});  // mean 200, deviation 100
  auto targets = feature->empty_targets();
  for (const auto* cell : {"200", "350", "1e2"}) feature->encode(cell, targets);
  EXPECT_THAT(std::get<ValueTargets>(targets), ElementsAre(0.0, 1.5, -1.0));
  EXPECT_EQ(decode(*feature, 1.5F).value, 350.0);
  EXPECT_EQ(decode(*feature, 1.5F).text, "350");
  EXPECT_TRUE(decode(*feature, 1.5F).choices.empty());
  EXPECT_TRUE(feature->classes().empty());
  EXPECT_EQ(feature->head(), (Json{{"kind", "value"}}));
}

TEST(NumberOutput, TargetsInTheirUnitAreTheCellsAgain) {
  for (const std::vector<std::string>& cells : {std::vector<std::string>{"100", "300"}, {"7", "7"}}) {
    const auto feature = fitted(cells);
    for (const std::string& cell : {std::string("100"), std::string("7"), std::string("-1e9")}) {
      auto targets = feature->empty_targets();
      feature->encode(cell, targets);
      EXPECT_DOUBLE_EQ(feature->in_unit(std::get<ValueTargets>(targets).front()), std::stod(cell));
    }
  }
}

TEST(NumberOutput, StatisticsComeFromTrainingRowsAlone) {
  const OneColumn column({"1", "3", "1000"});
  auto feature = make_output_feature({"c", "number", {"c"}});
  feature->fit(column.view(), column.first(2));
  EXPECT_EQ(decode(*feature, 1.0F).value, 3.0);
}

struct Printed {
  std::string name;
  std::vector<std::string> cells;
  float score;
  std::string text;
};

TEST(NumberOutput, PrintsAsManyDigitsAsTheSpreadDeserves) {
  const std::vector<Printed> table = {
      {"deviation 100: one decimal", {"100", "300"}, 0.123456F, "212.3"},
      {"deviation 1: three decimals", {"1", "3"}, 0.123456F, "2.123"},
      {"deviation 0.01: five decimals", {"0.01", "0.03"}, 0.123456F, "0.02123"},
      {"no trailing zeros", {"1", "3"}, 0.5F, "2.5"},
      {"deviation 1e6: none", {"1000000", "3000000"}, 0.1234567F, "2123457"},
      {"no negative zero", {"-1", "1"}, -1e-9F, "0"},
      {"negative", {"-3", "-1"}, 0.5F, "-1.5"},
      {"very large", {"1e20", "3e20"}, 0.123456F, "2.1235e+20"},
      {"very small", {"1e-20", "3e-20"}, 0.123456F, "2.1235e-20"},
  };
  for (const auto& row : table) EXPECT_EQ(decode(*fitted(row.cells), row.score).text, row.text) << row.name;
}

TEST(NumberOutput, AConstantTargetIsAlwaysTheAnswer) {
  const auto feature = fitted({"0.1", "0.1", "0.1"});
  EXPECT_EQ(decode(*feature, 3.0F).value, 0.1);
  EXPECT_EQ(decode(*feature, 3.0F).text, "0.1");
  auto targets = feature->empty_targets();
  feature->encode("0.1", targets);
  EXPECT_THAT(std::get<ValueTargets>(targets), ElementsAre(0.0));
  EXPECT_THAT(feature->notes(),
              ElementsAre("column \"c\": every training row holds 0.1, so that is what will always be predicted"));
}

TEST(NumberOutput, CellsThatAreNoNumberAreRefused) {
  struct Case {
    std::vector<std::string> cells;
    std::string message;
  };
  for (const auto& [cells, message] : std::vector<Case>{
           {{"1", "two"}, "table.csv, row 2, column \"c\": expected a number to predict, found \"two\""},
           {{"", "1"}, "table.csv, row 1, column \"c\": expected a number to predict, found an empty cell"},
           {{"1", "NA"}, "found \"NA\"; give it one, take the row out, or predict the column as a category"},
           {{}, "table.csv, column \"c\": no training row"}}) {
    EXPECT_THAT(message_of<InputError>([&] { static_cast<void>(fitted(cells)); }), HasSubstr(message));
  }
  const auto feature = fitted({"1", "2"});
  auto targets = feature->empty_targets();
  EXPECT_THAT(message_of<InputError>([&] { feature->encode("x", targets); }),
              HasSubstr("column \"c\": expected a number"));
}

TEST(NumberOutput, ScoresOfTheWrongNumberOrNotFiniteAreRefused) {
  const auto feature = fitted({"1", "2"});
  EXPECT_THAT(message_of<ShapeError>([&] { static_cast<void>(feature->decode({})); }),
              HasSubstr("expected [1], found [0]"));
  EXPECT_THAT(
      message_of<NumericError>([&] { static_cast<void>(decode(*feature, std::numeric_limits<float>::infinity())); }),
      HasSubstr("not finite"));
}

TEST(NumberOutput, StateRoundTrips) {
  for (const auto& cells : std::vector<std::vector<std::string>>{{"0.1", "0.7", "1e-9"}, {"5", "5"}}) {
    const auto feature = fitted(cells);
    const auto loaded = load_output_feature(Json::parse(feature->state().dump()));
    EXPECT_EQ(loaded->state(), feature->state());
    EXPECT_EQ(decode(*loaded, 0.3F).value, decode(*feature, 0.3F).value);
    EXPECT_EQ(loaded->notes(), feature->notes());
  }
  auto damaged = fitted({"1", "2"})->state();
  damaged["deviation"] = -1.0;
  EXPECT_THAT(message_of<ModelFileError>([&] { static_cast<void>(load_output_feature(damaged)); }),
              HasSubstr("deviation"));
}

}  // namespace
}  // namespace attune
