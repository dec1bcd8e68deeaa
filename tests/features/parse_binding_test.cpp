// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "attune/features/schema.hpp"
#include "feature_fixtures.hpp"
#include "schema/column_list.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using testing::message_of;

std::shared_ptr<const Table> table() {
  return make_table({"title", "body", "x1", "x2", "x10", "time:utc", "a,b", "größe", "label"}, {}, "table.csv");
}

struct Parsed {
  std::string text, name, type;
  std::vector<std::string> columns;
  Json options = Json::object();
};

TEST(ParseInput, ReadsColumnsTypeAndOptions) {
  const std::vector<Parsed> cases = {
      {"title", "title", "", {"title"}},
      {"title:text", "title", "text", {"title"}},
      {"title:text:unit=words,max_length=64", "title", "text", {"title"}, {{"unit", "words"}, {"max_length", 64}}},
      {"x1,x2:numbers", "numbers", "numbers", {"x1", "x2"}},
      {"x2,x1", "x2", "", {"x2", "x1"}},
      {"x*:numbers:scale=none", "numbers", "numbers", {"x1", "x2", "x10"}, {{"scale", "none"}}},
      {"x?:numbers", "numbers", "numbers", {"x1", "x2"}},
      {"x1,x*:numbers", "numbers", "numbers", {"x1", "x2", "x10"}},
      {"time:utc", "time:utc", "", {"time:utc"}},
      {"time:utc:text:unit=characters", "time:utc", "text", {"time:utc"}, {{"unit", "characters"}}},
      {"a,b:text", "a,b", "text", {"a,b"}},
      {"gr???:category", "größe", "category", {"größe"}},
      {"title,body:text:min_count=3", "text", "text", {"title", "body"}, {{"min_count", 3}}},
  };
  for (const auto& row : cases) {
    const auto binding = parse_input(row.text, *table());
    EXPECT_EQ(binding.name, row.name) << row.text;
    EXPECT_EQ(binding.type, row.type) << row.text;
    EXPECT_EQ(binding.columns, row.columns) << row.text;
    EXPECT_EQ(binding.options, row.options) << row.text;
  }
}

TEST(ParseOutput, ReadsItsOwnTypes) {
  EXPECT_EQ(parse_output("label:category", *table()).type, "category");
  EXPECT_EQ(parse_output("x1:number", *table()).type, "number");
  EXPECT_EQ(parse_output("label", *table()).type, "");
}

struct Refused {
  std::string text;
  std::vector<std::string> parts_of_message;
};

TEST(ParseInput, RefusesWithTheNearestName) {
  const std::vector<Refused> cases = {
      {"titel", {"table.csv: no column \"titel\"", "did you mean \"title\"?"}},
      {"titel:text", {"no column \"titel\"", "did you mean \"title\"?"}},
      {"title,x9", {"no column \"x9\""}},
      {"y*:numbers", {"no column matches \"y*\""}},
      {"", {"no column \"\""}},
      {":text", {"no column \"\""}},
      {"title:txet", {"unknown input type \"txet\"", "did you mean \"text\"?"}},
      {"x1:number", {"unknown input type \"number\"", "did you mean \"numbers\"?"}},
      {"title:", {"unknown input type \"\""}},
      {"title:text:unti=words", {"\"title\", type text", "unknown option \"unti\"", "did you mean \"unit\"?"}},
      {"title:text:unit=wrods", {"unit", "wrods", "words"}},
      {"title:text:max_length=many", {"option max_length expects an integer, found \"many\""}},
      {"title:text:max_length=1.5", {"option max_length expects an integer, found \"1.5\""}},
      {"title:text:max_length=0", {"max_length"}},
      {"title:text:unit", {"expected OPTION=VALUE, found \"unit\""}},
      {"title:text:", {"expected OPTION=VALUE, found \"\""}},
      {"title:text:unit=words,unit=words", {"option unit is given twice"}},
  };
  for (const auto& row : cases) {
    const auto message = message_of<UsageError>([&] { static_cast<void>(parse_input(row.text, *table())); });
    for (const auto& part : row.parts_of_message) EXPECT_THAT(message, HasSubstr(part)) << row.text;
  }
}

TEST(ParseOutput, RefusesOptionsOfATypeWithoutAny) {
  EXPECT_THAT(message_of<UsageError>([] { static_cast<void>(parse_output("label:category:unit=words", *table())); }),
              HasSubstr("unknown option \"unit\"; this type has none"));
  EXPECT_THAT(message_of<UsageError>([] { static_cast<void>(parse_output("label:numbers", *table())); }),
              HasSubstr("did you mean \"number\"?"));
}

struct Match {
  std::string pattern, name;
  bool matches;
};

TEST(ColumnPattern, StarsAndQuestionMarks) {
  const std::vector<Match> cases = {
      {"*", "", true},          {"*", "abc", true},        {"a*", "abc", true},    {"*c", "abc", true},
      {"a*c", "ac", true},      {"a*c", "abcbc", true},    {"a*c", "abcb", false}, {"?", "", false},
      {"?", "é", true},         {"??", "é", false},        {"", "", true},         {"", "a", false},
      {"a", "ab", false},       {"**", "ab", true},        {"*?", "a", true},      {"*?", "", false},
      {"*a*b*", "xaxbx", true}, {"*a*b*", "xbxax", false}, {"A", "a", false},
  };
  for (const auto& row : cases)
    EXPECT_EQ(matches_pattern(row.pattern, row.name), row.matches) << row.pattern << " " << row.name;
  // Exponential for a matcher that tries every way of filling the stars.
  EXPECT_FALSE(matches_pattern("*a*a*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

}  // namespace
}  // namespace attune
