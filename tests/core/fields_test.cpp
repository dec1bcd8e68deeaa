// SPDX-License-Identifier: Apache-2.0
#include "attune/core/fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "attune/core/error.hpp"

namespace attune {
namespace {

struct Settings {
  bool shuffle = true;
  int64_t epochs = 10;
  double learning_rate = 0.001;
  double momentum = 0.5;
  std::string optimiser = "adam";
  std::string title = "none";
  std::vector<int64_t> widths = {64, 32};

  void visit_fields(FieldVisitor& v) {
    v.field({.name = "shuffle", .help = "new order of rows each epoch"}, shuffle);
    v.field({.name = "epochs", .help = "passes over the rows", .minimum = 1, .maximum = 1000}, epochs);
    v.field({.name = "learning_rate", .help = "step size", .minimum = 0}, learning_rate);
    v.field({.name = "momentum", .help = "share kept of the last step", .minimum = 0, .maximum = 0.99}, momentum);
    v.field({.name = "optimiser", .help = "how weights move", .choices = {"adam", "sgd"}}, optimiser);
    v.field({.name = "title", .help = "any text"}, title);
    v.field({.name = "widths", .help = "of the layers", .minimum = 1}, widths);
  }
};

std::string message_of(const Json& json) {
  Settings settings;
  try {
    from_json(json, "train.toml", settings);
  } catch (const UsageError& error) {
    EXPECT_EQ(to_json(settings), to_json(Settings())) << "changed in spite of the error";
    return error.what();
  }
  return "accepted";
}

TEST(Fields, JsonRoundTripKeepsOrderAndValues) {
  Settings settings;
  settings.epochs = 3;
  settings.title = "Größe";
  settings.widths = {};
  const Json json = to_json(settings);
  EXPECT_EQ(json.dump(), R"({"shuffle":true,"epochs":3,"learning_rate":0.001,"momentum":0.5,"optimiser":"adam",)"
                         R"("title":"Größe","widths":[]})");
  Settings copy;
  from_json(json, "x", copy);
  EXPECT_EQ(to_json(copy), json);
}

TEST(Fields, LeavesWhatIsNotNamed) {
  Settings settings;
  from_json({{"learning_rate", 1}}, "x", settings);
  EXPECT_EQ(settings.learning_rate, 1.0) << "a whole number is a number";
  EXPECT_EQ(settings.epochs, 10);
}

struct Refusal {
  Json json;
  std::string message;
};

class FieldsRefuse : public ::testing::TestWithParam<Refusal> {};

TEST_P(FieldsRefuse, WithAMessage) { EXPECT_EQ(message_of(GetParam().json), GetParam().message); }

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

INSTANTIATE_TEST_SUITE_P(
    Cases, FieldsRefuse,
    ::testing::Values(
        Refusal{{{"epoch", 3}}, "train.toml: unknown field \"epoch\" (did you mean \"epochs\"?)"},
        Refusal{{{"zzzzzzzz", 3}},
                "train.toml: unknown field \"zzzzzzzz\" (known: shuffle, epochs, learning_rate, momentum, optimiser, "
                "title, "
                "widths)"},
        Refusal{{{"epochs", 3.0}}, "train.toml, field \"epochs\": expected a whole number from 1 to 1000, found 3.0"},
        Refusal{{{"epochs", "3"}}, "train.toml, field \"epochs\": expected a whole number from 1 to 1000, found \"3\""},
        Refusal{{{"epochs", 0}}, "train.toml, field \"epochs\": expected a whole number from 1 to 1000, found 0"},
        Refusal{{{"epochs", 1001}}, "train.toml, field \"epochs\": expected a whole number from 1 to 1000, found 1001"},
        Refusal{{{"epochs", std::numeric_limits<uint64_t>::max()}},
                "train.toml, field \"epochs\": expected a whole number from 1 to 1000, found 18446744073709551615"},
        Refusal{{{"epochs", nullptr}},
                "train.toml, field \"epochs\": expected a whole number from 1 to 1000, found null"},
        Refusal{{{"epochs", 5}, {"learning_rate", -0.5}},
                "train.toml, field \"learning_rate\": expected a number of at least 0, found -0.5"},
        Refusal{{{"learning_rate", kNan}},
                "train.toml, field \"learning_rate\": expected a finite number of at least 0, found nan"},
        Refusal{{{"learning_rate", kInfinity}},
                "train.toml, field \"learning_rate\": expected a finite number of at least 0, found inf"},
        Refusal{{{"learning_rate", true}},
                "train.toml, field \"learning_rate\": expected a number of at least 0, found true"},
        Refusal{{{"momentum", 1}}, "train.toml, field \"momentum\": expected a number from 0 to 0.99, found 1"},
        Refusal{{{"shuffle", 1}}, "train.toml, field \"shuffle\": expected true or false, found 1"},
        Refusal{{{"optimiser", "adm"}},
                "train.toml, field \"optimiser\": expected one of its choices, found \"adm\" (did you mean \"adam\"?)"},
        Refusal{{{"optimiser", "newton"}},
                "train.toml, field \"optimiser\": expected one of its choices, found \"newton\" (known: adam, sgd)"},
        Refusal{{{"title", 7}}, "train.toml, field \"title\": expected a text in quotes, found 7"},
        Refusal{{{"widths", 7}},
                "train.toml, field \"widths\": expected a list of whole numbers of at least 1, found 7"},
        Refusal{{{"widths", {8, 2.5}}},
                "train.toml, field \"widths\": expected a list of whole numbers of at least 1, found [8,2.5]"},
        Refusal{{{"widths", {8, 0}}},
                "train.toml, field \"widths\": expected whole numbers of at least 1, found 0 at place 2"},
        Refusal{Json::array({1}), "train.toml: expected a table of fields, found [1]"}));

std::string refusal_of(const FieldInfo& info, double value) {
  try {
    check_field("--rate", info, value);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Fields, LimitsAreWrittenInPlainDigits) {
  EXPECT_EQ(refusal_of({.name = "rate", .help = "", .minimum = 1e-9, .maximum = 1e9}, 1e10),
            "--rate: expected a number from 0.000000001 to 1000000000, found 10000000000");
  EXPECT_EQ(refusal_of({.name = "rate", .help = "", .minimum = 0, .maximum = 0.95}, -0.0), "accepted");
  EXPECT_EQ(refusal_of({.name = "rate", .help = "", .maximum = 2}, 1e300),
            "--rate: expected a number of at most 2, found 1e+300");
  EXPECT_EQ(expected_number({.name = "epochs", .help = "", .minimum = 1, .maximum = 100000}, true),
            "a whole number from 1 to 100000");
}

TEST(Fields, CheckRefusesWhatFromJsonRefuses) {
  EXPECT_NO_THROW(check(Settings(), "flags"));
  Settings settings;
  settings.momentum = kNan;
  try {
    check(settings, "flags");
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "flags, field \"momentum\": expected a finite number from 0 to 0.99, found nan");
  }
}

}  // namespace
}  // namespace attune
