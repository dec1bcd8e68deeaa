// SPDX-License-Identifier: Apache-2.0
#include "attune/core/toml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"

namespace attune {
namespace {

TEST(Toml, ReadsEveryType) {
  const auto json = parse_toml(R"(
z = 1
text = "a\nb"
number = 1.0
flag = true
list = [1, "two", [3.5]]
date = 2026-11-23
time = 07:30:00
moment = 2026-11-23T07:30:00Z
[b.c]
d = {e = -5}
[[a]]
x = 1
[[a]]
)",
                               "x.toml");
  EXPECT_EQ(json.dump(), R"({"z":1,"text":"a\nb","number":1.0,"flag":true,"list":[1,"two",[3.5]],"date":"2026-11-23",)"
                         R"("time":"07:30:00","moment":"2026-11-23T07:30:00Z","b":{"c":{"d":{"e":-5}}},)"
                         R"("a":[{"x":1},{}]})");
}

TEST(Toml, ErrorNamesLineAndColumn) {
  try {
    (void)parse_toml("a = 1\nb = = 2\n", "train.toml");
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), ::testing::StartsWith("train.toml, line 2, column 5: not valid TOML: "));
  }
}

TEST(Toml, RefusesBadText) {
  for (const auto* text : {"a", "a = ", "a = 1\na = 2", "[a", "a = 99999999999999999999", "a = \"\xff\"", "a = 'x"}) {
    EXPECT_THROW((void)parse_toml(text, "x"), UsageError) << text;
  }
}

TEST(Toml, WritesSectionsAndComments) {
  const Json json = {
      {"epochs", 3}, {"model", {{"width", 64}, {"rate", 1.0}}}, {"inputs", {{{"name", "a"}}, {{"name", "b"}}}}};
  EXPECT_EQ(to_toml(json, {{"epochs", "passes"}, {"model", "the network"}, {"model.width", "units\nof a token"}}),
            "# passes\nepochs = 3\n\n# the network\n[model]\n# units\n# of a token\nwidth = 64\nrate = 1.0\n\n"
            "[[inputs]]\nname = \"a\"\n\n[[inputs]]\nname = \"b\"\n");
}

TEST(Toml, KeepsOrderByWritingInline) {
  const Json json = {{"table", {{"x", 1}}}, {"after", 2}};
  EXPECT_EQ(to_toml(json), "table = { x = 1 }\nafter = 2\n");
}

void expect_round_trip(const Json& json) {
  const auto text = to_toml(json);
  EXPECT_EQ(parse_toml(text, "round trip").dump(), json.dump()) << text;
}

TEST(Toml, RoundTripOfAwkwardValues) {
  for (const Json& value : std::vector<Json>{"",
                                             "\"\\\b\f\n\r\t",
                                             std::string("nul\0del\x7f", 8),
                                             "Größe 注意 \U0001F440",
                                             "# no comment",
                                             0,
                                             std::numeric_limits<int64_t>::min(),
                                             std::numeric_limits<int64_t>::max(),
                                             0.1,
                                             -0.0,
                                             1e300,
                                             5e-324,
                                             1e20,
                                             123456789.0,
                                             false,
                                             Json::array(),
                                             Json::object(),
                                             Json::array({Json::array(), Json::object()}),
                                             Json::array({Json::object(), Json::object()}),
                                             Json::array({1, Json::object()})}) {
    expect_round_trip({{"key", value}});
    expect_round_trip({{"table", {{"key", value}}}});
    expect_round_trip({{"list", Json::array({value, value})}, {"after", 1}});
  }
  for (const std::string key : {"", "a.b", "a b", "\"", "ключ", "-", "1", "true", "a\nb"}) {
    expect_round_trip({{key, 1}});
    expect_round_trip({{key, {{key, {{key, 1}}}}}});
    expect_round_trip({{key, Json::array({{{key, 1}}})}});
  }
}

TEST(Toml, RoundTripOfInfinity) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto json = parse_toml(to_toml({{"a", kInfinity}, {"b", -kInfinity}, {"c", std::nan("")}}), "x");
  EXPECT_EQ(json["a"], kInfinity);
  EXPECT_EQ(json["b"], -kInfinity);
  EXPECT_TRUE(std::isnan(json["c"].get<double>()));
}

/// A random JSON value without null: `draw` counts the numbers taken from the key.
class RandomJson {
 public:
  explicit RandomJson(uint64_t seed) : key_(RandomKey(seed).with("json")) {}

  Json object(int depth) {
    Json json = Json::object();
    for (uint64_t i = 0, size = below(4); i < size; ++i) json[text()] = value(depth);
    return json;
  }

 private:
  uint64_t below(uint64_t limit) { return key_.bits(next_++) % limit; }

  std::string text() {
    constexpr std::string_view kCharacters = "ab.\"\\ #='[]-_1\n";
    std::string text;
    for (uint64_t i = 0, size = below(4); i < size; ++i) text += kCharacters[below(kCharacters.size())];
    return text;
  }

  Json array(int depth) {
    Json json = Json::array();
    const bool of_tables = below(2) == 0;
    for (uint64_t i = 0, size = below(4); i < size; ++i) json.push_back(of_tables ? object(depth) : value(depth));
    return json;
  }

  Json value(int depth) {
    switch (below(depth > 0 ? 6 : 4)) {
      case 0:
        return text();
      case 1:
        return static_cast<int64_t>(key_.bits(next_++));
      case 2:
        return key_.normal(next_++) * std::pow(10.0, static_cast<double>(below(40)) - 20);
      case 3:
        return below(2) == 0;
      case 4:
        return array(depth - 1);
      default:
        return object(depth - 1);
    }
  }

  RandomKey key_;
  uint64_t next_ = 0;
};

TEST(Toml, RoundTripOfRandomObjects) {
  size_t filled = 0;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    const Json json = RandomJson(seed).object(3);
    filled += json.empty() ? 0 : 1;
    expect_round_trip(json);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
  EXPECT_GT(filled, 1000U);
}

TEST(Toml, RefusesWhatTomlCannotSay) {
  EXPECT_THROW((void)to_toml({{"a", nullptr}}), UsageError);
  EXPECT_THROW((void)to_toml({{"a", std::numeric_limits<uint64_t>::max()}}), UsageError);
  EXPECT_THROW((void)to_toml({{"a", "\xff"}}), UsageError);
  EXPECT_THROW((void)to_toml(Json::array({1})), UsageError);
}

}  // namespace
}  // namespace attune
