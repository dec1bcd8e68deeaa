// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/features/look_alikes.hpp"
#include "feature_fixtures.hpp"

namespace attune {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::message_of;
using testing::OneColumn;

std::unique_ptr<OutputFeature> make_output(const std::string& type) { return make_output_feature({"c", type, {"c"}}); }

std::unique_ptr<OutputFeature> fitted(const std::vector<std::string>& cells) {
  auto feature = make_output("category");
  const OneColumn column(cells);
  feature->fit(column.view(), column.view());
  return feature;
}

struct Order {
  std::string name;
  std::vector<std::string> cells, classes;
};

TEST(CategoryOutput, ClassesAreInNumericOrderOrByCodePoint) {
  const std::vector<Order> table = {
      {"names", {"pos", "neg", "pos"}, {"neg", "pos"}},
      {"integers", {"10", "9", "-1", "2"}, {"-1", "2", "9", "10"}},
      {"integers written in two ways", {"01", "1", "0"}, {"0", "01", "1"}},
      {"one is no integer", {"10", "9", "1.5"}, {"1.5", "10", "9"}},
      {"beyond 64 bits", {"99999999999999999999", "3"}, {"3", "99999999999999999999"}},
      {"code points", {"é", "z", "Z", "好"}, {"Z", "z", "é", "好"}},
  };
  for (const auto& row : table) EXPECT_EQ(fitted(row.cells)->classes(), row.classes) << row.name;
}

TEST(CategoryOutput, ClassesComeFromAllRowsAndCountsFromTraining) {
  const OneColumn column({"a", "b", "a", "c"});
  const auto feature = make_output("category");
  feature->fit(column.view(), column.first(3));
  EXPECT_THAT(feature->classes(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(feature->class_counts(), ElementsAre(2, 1, 0));
  EXPECT_THAT(feature->notes(), Contains(HasSubstr("1 of 3 classes has no training row")));
  const Json expected = {{"kind", "class"}, {"classes", 3}};
  EXPECT_EQ(feature->head(), expected);
}

TEST(CategoryOutput, UnseenLabelsAreMinusOne) {
  const auto feature = fitted({"a", "b"});
  auto targets = feature->empty_targets();
  for (const auto* cell : {"b", "a", "c", "", "A"}) feature->encode(cell, targets);
  EXPECT_THAT(std::get<ClassTargets>(targets), ElementsAre(1, 0, -1, -1, -1));
}

TEST(CategoryOutput, DecodeIsASoftmaxWithTheMostProbableFirst) {
  const auto feature = fitted({"a", "b", "c"});
  // exp(0), exp(ln 2), exp(0): shares 1/4, 1/2, 1/4, whatever is added to all; a tie keeps the order of classes.
  for (const float shift : {0.0F, 1000.0F, -1000.0F}) {
    const std::vector<float> scores = {shift, shift + std::log(2.0F), shift};
    const auto prediction = feature->decode(scores);
    EXPECT_EQ(prediction.text, "b");
    ASSERT_EQ(prediction.choices.size(), 3U);
    EXPECT_EQ(prediction.choices[0].label, "b");
    EXPECT_EQ(prediction.choices[1].label, "a");
    EXPECT_EQ(prediction.choices[2].label, "c");
    EXPECT_NEAR(prediction.choices[0].probability, 0.5, 1e-4);  // floats around 1000 are 6e-5 apart
    EXPECT_NEAR(prediction.choices[1].probability, 0.25, 1e-4);
  }
}

TEST(CategoryOutput, ScoresOfTheWrongNumberOrNotFiniteAreRefused) {
  const auto feature = fitted({"a", "b"});
  const std::vector<float> three = {1, 2, 3}, bad = {1, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_THAT(message_of<ShapeError>([&] { static_cast<void>(feature->decode(three)); }),
              HasSubstr("[C = 2], found [3]"));
  EXPECT_THAT(message_of<NumericError>([&] { static_cast<void>(feature->decode(bad)); }), HasSubstr("not all finite"));
}

struct Refusal {
  std::string name;
  std::vector<std::string> cells;
  std::vector<std::string> parts_of_message;
};

TEST(CategoryOutput, UnusableLabelsAreRefused) {
  const std::vector<Refusal> table = {
      {"empty cell", {"a", "", "b"}, {"table.csv, row 2", "column \"c\"", "empty cell", "give it a value"}},
      {"blank cell", {"a", "b", " \t"}, {"table.csv, row 3", "empty cell"}},
      {"one class", {"a", "a"}, {"table.csv, column \"c\"", "found only \"a\""}},
      {"no rows", {}, {"no row"}},
  };
  for (const auto& row : table) {
    const auto message = message_of<InputError>([&] { static_cast<void>(fitted(row.cells)); });
    for (const auto& part : row.parts_of_message) EXPECT_THAT(message, HasSubstr(part)) << row.name;
  }
}

TEST(CategoryOutput, FewerTrainingRowsThanClassesAreNoted) {
  const OneColumn column({"a", "b", "c"});
  const auto feature = make_output("category");
  feature->fit(column.view(), column.first(1));
  EXPECT_THAT(feature->class_counts(), ElementsAre(1, 0, 0));
  EXPECT_THAT(feature->notes(), Contains(HasSubstr("2 of 3 classes have no training row")));
}

TEST(CategoryOutput, LookAlikesAreNoted) {
  const auto notes = fitted({"Yes", "no", "yes", " no", "n o", "STRASSE", "straße"})->notes();
  EXPECT_THAT(notes,
              Contains("warning: column \"c\": the classes \"Yes\" and \"yes\" differ only by blanks or case; is "
                       "it one class?"));
  EXPECT_THAT(notes, Contains(HasSubstr("classes \" no\" and \"no\"")));
  EXPECT_THAT(notes, Contains(HasSubstr("classes \"STRASSE\" and \"straße\"")));
  EXPECT_TRUE(fitted({"yes", "no"})->notes().empty());
}

TEST(LookAlikes, AreFoundByWhatCanBeSeenOfThem) {
  const std::vector<std::string> names = {"Yes", "no", "straße", ""};
  const LookAlikes known(names);
  struct Case {
    std::string name;
    const char* found;  // nullptr: none
  };
  for (const auto& [name, found] : std::vector<Case>{{"yes", "Yes"},
                                                     {" Yes\t", "Yes"},
                                                     {"y\u200Bes", "Yes"},
                                                     {"no\u00A0", "no"},
                                                     {"STRASSE", "straße"},
                                                     {" ", ""},
                                                     {"yess", nullptr},
                                                     {"n0", nullptr}}) {
    const auto* alike = known.find(name);
    ASSERT_EQ(alike != nullptr, found != nullptr) << name;
    if (alike != nullptr) {
      EXPECT_EQ(*alike, found) << name;
    }
  }
}

TEST(CategoryOutput, ClassesThatLookMissingAreNoted) {
  const auto output = fitted({"yes", "no", "NA", "nan"});
  for (const auto* name : {"NA", "nan"}) {
    EXPECT_THAT(output->notes(), Contains("column \"c\": \"" + std::string(name) +
                                          "\" is a class like any other; if it stands for a missing label, take its "
                                          "rows out"));
  }
  EXPECT_EQ(output->notes().size(), 2U);
}

TEST(CategoryOutput, ManyClassesAreNoted) {
  std::vector<std::string> cells;
  for (int i = 0; i < 1001; ++i) cells.push_back(std::to_string(i));
  EXPECT_THAT(fitted(cells)->notes(), Contains(HasSubstr("1,001 classes; is it a number?")));
  cells.pop_back();
  EXPECT_TRUE(fitted(cells)->notes().empty());
}

TEST(CategoryOutput, StateRoundTrips) {
  const auto feature = fitted({"10", "9", "Yes", "yes", "9"});
  const auto loaded = load_output_feature(Json::parse(feature->state().dump()));
  EXPECT_EQ(loaded->state(), feature->state());
  EXPECT_EQ(loaded->classes(), feature->classes());
  EXPECT_EQ(loaded->class_counts(), feature->class_counts());
  EXPECT_EQ(loaded->notes(), feature->notes());

  auto damaged = feature->state();
  damaged["class_counts"] = {1};
  EXPECT_THAT(message_of<ModelFileError>([&] { static_cast<void>(load_output_feature(damaged)); }),
              HasSubstr("class_counts"));
  damaged = feature->state();
  damaged["classes"] = {"b", "a", "c", "d"};
  EXPECT_THAT(message_of<ModelFileError>([&] { static_cast<void>(load_output_feature(damaged)); }),
              HasSubstr("classes"));
}

}  // namespace
}  // namespace attune
