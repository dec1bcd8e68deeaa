// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "attune/core/error.hpp"
#include "attune/data/json_row.hpp"
#include "support/temporary_folder.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

struct JsonCase {
  const char* what;
  std::string content;
  std::vector<std::string> names;
  Cells rows;
};

void PrintTo(const JsonCase& c, std::ostream* out) { *out << c.what; }

std::vector<JsonCase> json_cases() {
  return {
      {"strings", "{\"a\": \"x\", \"b\": \"\"}\n", {"a", "b"}, {{"x", ""}}},
      {"another order of keys",
       "{\"a\":\"1\",\"b\":\"2\"}\n{\"b\":\"4\",\"a\":\"3\"}",
       {"a", "b"},
       {{"1", "2"}, {"3", "4"}}},
      {"absent and null read as empty",
       "{\"a\":1,\"b\":2}\n{\"b\":null}\n{}",
       {"a", "b"},
       {{"1", "2"}, {"", ""}, {"", ""}}},
      {"the word null in quotes is text", "{\"a\":\"null\"}", {"a"}, {{"null"}}},
      {"columns of later rows", "{\"a\":1}\n{\"c\":2,\"a\":3}", {"a", "c"}, {{"1", ""}, {"3", "2"}}},
      {"numbers as they are written",
       "{\"a\":1.50,\"b\":-0,\"c\":12345678901234567890123,\"d\":1E+2}",
       {"a", "b", "c", "d"},
       {{"1.50", "-0", "12345678901234567890123", "1E+2"}}},
      {"truth values", "{\"a\": true , \"b\":false}", {"a", "b"}, {{"true", "false"}}},
      {"nested values as their text",
       "{\"a\":[1, {\"b\":\"]}\\\"\"}],\"c\":{ }}",
       {"a", "c"},
       {{"[1, {\"b\":\"]}\\\"\"}]", "{ }"}}},
      {"escapes",
       "{\"a\":\"q\\\"b\\\\s\\/n\\nt\\tu\\u00e9\\ud83c\\udf89\",\"b\":\"\\\\\"}",
       {"a", "b"},
       {{"q\"b\\s/n\nt\tu\u00e9\U0001F389", "\\"}}},
      {"escapes in keys", "{\"a\\\"\":1}\n{\"\\u0061\\\"\":2}", {"a\""}, {{"1"}, {"2"}}},
      {"white space everywhere", " \t{ \"a\" :\t1 , \"b\" : \"x\" } \r\n\r\n", {"a", "b"}, {{"1", "x"}}},
      {"byte order mark, blank lines, no last newline",
       "\xEF\xBB\xBF\n{\"a\":1}\n  \n{\"a\":2}",
       {"a"},
       {{"1"}, {"2"}}},
      {"a key twice: the last one", "{\"a\":1,\"a\":2}", {"a"}, {{"2"}}},
      {"braces in strings", "{\"a\":\"}{\",\"b\":\"],\"}", {"a", "b"}, {{"}{", "],"}}},
      {"Unicode", "{\"文\":\"好🎉\"}", {"文"}, {{"好🎉"}}},
  };
}

class JsonLines : public ::testing::TestWithParam<JsonCase> {};

TEST_P(JsonLines, ReadAsWritten) {
  const TemporaryFolder folder;
  for (const auto* file : {"t.jsonl", "t.ndjson", "content.txt"}) {
    if (std::string(file) == "content.txt" && !GetParam().content.starts_with('{')) continue;
    const auto table = open_table(folder.write(file, GetParam().content));
    EXPECT_EQ(table->names(), GetParam().names);
    ASSERT_FALSE(GetParam().rows.empty());
    EXPECT_EQ(cells(*table), GetParam().rows);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, JsonLines, ::testing::ValuesIn(json_cases()));

TEST(JsonLines, AKeyThatOnlyALateRowHasIsAnError) {
  std::string content;
  for (int i = 0; i < 999; ++i) content += "{\"text\":1}\n";
  content += "{\"text\":2,\"label\":3}\n";  // row 1000, the last that names columns
  content += "{\"text\":2,\"labl\":3}\n";
  const TemporaryFolder folder;
  const auto path = folder.write("t.jsonl", content);
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(path); }),
            path.string() +
                ", row 1001 (line 1001): key \"labl\" is none of the columns (did you mean \"label\"?); "
                "columns are the keys of the first 1000 rows: name it there (null will do), or pass "
                "--skip-bad-rows");
  const auto table = open_table(path, {.skip_bad_rows = true});
  EXPECT_EQ(table->rows(), 1000);
  EXPECT_EQ(table->skipped_rows(), 1);
  EXPECT_EQ(table->names(), (std::vector<std::string>{"text", "label"}));
}

TEST(JsonLines, BrokenLinesCanBeLeftOut) {
  const TemporaryFolder folder;
  const auto path = folder.write(
      "t.jsonl", "{\"a\":1}\n{\"a\":\n[]\n{\"a\":\"\xFF\"}\n{\"a\":\"\\ud800\"}\n{\"a\":1e999}\n{\"a\":2}\n");
  const auto table = open_table(path, {.skip_bad_rows = true});
  EXPECT_EQ(table->skipped_rows(), 5);
  EXPECT_EQ(cells(*table), (Cells{{"1"}, {"2"}}));
}

TEST(JsonLines, DeepNestingIsNoRecursion) {
  const TemporaryFolder folder;
  const std::string deep = std::string(200000, '[') + std::string(200000, ']');
  const auto table = open_table(folder.write("t.jsonl", "{\"a\":" + deep + "}\n"));
  Row row;
  table->read(0, row);
  EXPECT_TRUE(row[0] == deep);
}

struct JsonRowCase {
  std::string line;
  std::vector<std::string> cells;
};

TEST(JsonRow, ReadsWhatATableReads) {
  const TemporaryFolder folder;
  const std::vector<std::string> columns{"a", "b"};
  for (const auto& [line, expected] : std::vector<JsonRowCase>{{R"({"a": 1.50, "b": "x\"y"})", {"1.50", "x\"y"}},
                                                               {R"({"b": null, "a": [1, 2]})", {"[1, 2]", ""}},
                                                               {R"({"b": true})", {"", "true"}},
                                                               {R"( {"a": 1, "a": 2} )", {"2", ""}},
                                                               {R"({"\u0061": "null"})", {"null", ""}},
                                                               {R"({})", {"", ""}}}) {
    EXPECT_EQ(read_json_row(line, columns), expected) << line;
    const auto table = open_table(folder.write("t.jsonl", "{\"a\": 0, \"b\": 0}\n" + line + "\n"));
    EXPECT_EQ(cells(*table).at(1), expected) << line;
  }
  EXPECT_EQ(read_json_row(R"({"c": 1, "b": 2})", columns), (std::vector<std::string>{"", "2"}));
}

TEST(JsonRow, RefusesWhatIsNoneWithoutNamingAPlace) {
  const auto refusal = [](const std::string& line) {
    return message_of<InputError>([&] { (void)read_json_row(line, {"width", "height"}); });
  };
  EXPECT_EQ(refusal("[1]"), "expected a JSON object {\"column\": value, ..}, found \"[1]\"");
  EXPECT_EQ(refusal("a" + std::string(100, 'b')),
            "expected a JSON object {\"column\": value, ..}, found \"a" + std::string(39, 'b') + "..\"");
  EXPECT_EQ(refusal("{\"width\": \"\xE9\"}"), "byte 12 (0xE9) is not UTF-8");
  EXPECT_EQ(refusal(""), "expected a JSON object {\"column\": value, ..}, found \"\"");
  EXPECT_TRUE(refusal("{\"width\": }").starts_with("broken JSON, column 11")) << refusal("{\"width\": }");
  EXPECT_EQ(refusal(R"({"widht": 1, "x": 2})"),
            "key \"widht\" is none of the columns, nor is another key of the line (did you mean \"width\"?)");
}

}  // namespace
}  // namespace attune::testing
