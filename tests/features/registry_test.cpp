// SPDX-License-Identifier: Apache-2.0
#include "attune/features/registry.hpp"

#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "feature_fixtures.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::message_of;

TEST(Registry, KnowsItsTypes) {
  EXPECT_THAT(input_types(), ElementsAre("text", "category", "numbers"));
  EXPECT_THAT(output_types(), ElementsAre("category", "number"));
  for (const auto& type : input_types()) EXPECT_EQ(make_input_feature({"c", type, {"c"}})->type(), type);
  for (const auto& type : output_types()) EXPECT_EQ(make_output_feature({"c", type, {"c"}})->type(), type);
}

TEST(Registry, RefusesUnknownTypesOptionsAndColumnCounts) {
  const auto refused = [](const Binding& binding) {
    return message_of<UsageError>([&] { static_cast<void>(make_input_feature(binding)); });
  };
  EXPECT_THAT(refused({"c", "catgory", {"c"}}),
              HasSubstr("unknown input type \"catgory\" (did you mean \"category\"?)"));
  EXPECT_THAT(refused({"c", "numbers", {"c"}, {{"sclae", "none"}}}), HasSubstr("sclae"));
  EXPECT_THAT(refused({"c", "text", {"c", "d"}}), HasSubstr("expected one column, found 2"));
  EXPECT_THAT(refused({"c", "numbers", {}}), HasSubstr("expected at least one column, found 0"));
  EXPECT_THAT(message_of<UsageError>([] {
                static_cast<void>(make_output_feature({"c", "category", {"c"}, {{"x", 1}}}));
              }),
              HasSubstr("\"c\", type category"));
}

TEST(Registry, RefusesStatesThatAreNone) {
  for (const auto* state : {"3", "{}", R"({"type": 3})", R"({"type": "image"})"}) {
    EXPECT_THAT(message_of<ModelFileError>([&] { static_cast<void>(load_input_feature(Json::parse(state))); }),
                HasSubstr("state of an input"))
        << state;
    EXPECT_THAT(message_of<ModelFileError>([&] { static_cast<void>(load_output_feature(Json::parse(state))); }),
                HasSubstr("state of an output"))
        << state;
  }
}

TEST(Registry, DescribesEveryTypeAndOptionWithItsDefault) {
  const auto text = describe_types();
  for (const auto* line : {"Input types:\n  text: ", "      unit = auto  what a token is",
                           "(auto, characters, words, subwords)\n", "      max_length = 512  ",
                           "  numbers: ", "      scale = standard  ", "Output types:\n  category: ", "  number: "}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

}  // namespace
}  // namespace attune
