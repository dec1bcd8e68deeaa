// SPDX-License-Identifier: Apache-2.0
#include "attune/data/fingerprint.hpp"

#include <gtest/gtest.h>

#include "attune/core/sha256.hpp"
#include "support/temporary_folder.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

using std::string_literals::operator""s;

TEST(Fingerprint, IsTheHashOfNamesAndCellsWithTheirLengths) {
  const auto print = fingerprint(*make_table({"a", "bc"}, {{"1", ""}}, "t"));
  const auto bytes =
      "\1\0\0\0\0\0\0\0a\2\0\0\0\0\0\0\0bc\1\0\0\0\0\0\0\0"
      "1\0\0\0\0\0\0\0\0"s;
  EXPECT_EQ(print["sha256"], sha256_hex(bytes));
  EXPECT_EQ(print["name"], "t");
  EXPECT_EQ(print["rows"], 1);
  EXPECT_EQ(print["columns"], (std::vector<std::string>{"a", "bc"}));
}

TEST(Fingerprint, IsTheSameForEveryFormat) {
  const TemporaryFolder folder;
  const auto csv = fingerprint(*open_table(folder.write("t.csv", "a,b\r\n1,x\r\n2,\"\"\r\n")))["sha256"];
  EXPECT_EQ(csv, fingerprint(*open_table(folder.write("t.tsv", "a\tb\n1\tx\n2\t\n")))["sha256"]);
  EXPECT_EQ(csv, fingerprint(*open_table(folder.write("t.jsonl", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n")))["sha256"]);
  EXPECT_EQ(csv, fingerprint(*make_table({"a", "b"}, {{"1", "x"}, {"2", ""}}))["sha256"]);
}

TEST(Fingerprint, ChangesWithEveryCellNameAndBoundary) {
  const auto hash = [](std::vector<std::string> names, Cells rows) {
    return fingerprint(*make_table(std::move(names), std::move(rows)))["sha256"];
  };
  const auto base = hash({"a", "b"}, {{"12", "3"}});
  EXPECT_NE(base, hash({"a", "b"}, {{"1", "23"}}));
  EXPECT_NE(base, hash({"a", "c"}, {{"12", "3"}}));
  EXPECT_NE(base, hash({"a", "b"}, {{"12", "3"}, {"", ""}}));
  EXPECT_NE(base, hash({"a", "b"}, {{"12", "4"}}));
}

TEST(Fingerprint, IsFoundAgainUnderAnyName) {
  const auto print = fingerprint(*make_table({"a"}, {{"1"}, {"2"}}, "t"));
  EXPECT_TRUE(has_fingerprint(*make_table({"a"}, {{"1"}, {"2"}}, "another"), print));
  EXPECT_FALSE(has_fingerprint(*make_table({"a"}, {{"1"}, {"3"}}, "t"), print));
  EXPECT_FALSE(has_fingerprint(*make_table({"a"}, {{"1"}}, "t"), print));
  EXPECT_FALSE(has_fingerprint(*make_table({"b"}, {{"1"}, {"2"}}, "t"), print));
  EXPECT_FALSE(has_fingerprint(*make_table({"a"}, {{"1"}, {"2"}}, "t"), Json::object()));
}

TEST(Fingerprint, HashesLongTablesInPieces) {
  Cells rows;
  std::string bytes = "\1\0\0\0\0\0\0\0a"s;
  for (int i = 0; i < 30000; ++i) {
    rows.push_back({"12345"});
    bytes +=
        "\5\0\0\0\0\0\0\0"
        "12345"s;
  }
  EXPECT_EQ(fingerprint(*make_table({"a"}, rows))["sha256"], sha256_hex(bytes));
}

}  // namespace
}  // namespace attune::testing
