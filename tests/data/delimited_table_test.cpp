// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "attune/core/error.hpp"
#include "support/temporary_folder.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

using Names = std::vector<std::string>;

struct DelimitedCase {
  const char* what;
  const char* file;
  std::string content;
  Names names;
  Cells rows;
  TableOptions options = {};
};

void PrintTo(const DelimitedCase& c, std::ostream* out) { *out << c.what; }

std::vector<DelimitedCase> delimited_cases() {
  using std::string_literals::operator""s;
  const TableOptions no_header{.header = false};
  const TableOptions skipping{.skip_bad_rows = true};
  return {
      {"plain", "t.csv", "a,b\n1,2\n3,4\n", {"a", "b"}, {{"1", "2"}, {"3", "4"}}},
      {"last line without a newline", "t.csv", "a,b\n1,2", {"a", "b"}, {{"1", "2"}}},
      {"CRLF", "t.csv", "a,b\r\n1,2\r\n3,\r\n", {"a", "b"}, {{"1", "2"}, {"3", ""}}},
      {"CRLF after quotes", "t.csv", "\"a\",\"b\"\r\n\"1\",\"2\"\r\n", {"a", "b"}, {{"1", "2"}}},
      {"LF and CRLF mixed", "t.csv", "a,b\n1,2\r\n3,4\n", {"a", "b"}, {{"1", "2"}, {"3", "4"}}},
      {"a lone CR is data", "t.csv", "a,b\n1\r1,2\r\r\n3\r,4", {"a", "b"}, {{"1\r1", "2\r"}, {"3\r", "4"}}},
      {"a lone CR at the very end", "t.csv", "a\n1\r", {"a"}, {{"1\r"}}},
      {"byte order mark",
       "t.csv",
       "\xEF\xBB\xBF"
       "a,b\n1,2\n",
       {"a", "b"},
       {{"1", "2"}}},
      {"byte order mark before a quote", "t.csv", "\xEF\xBB\xBF\"a\",b\n1,2\n", {"a", "b"}, {{"1", "2"}}},
      {"blank lines",
       "t.csv",
       "\n\r\n"
       "a,b\n\n1,2\n\r\n\n3,4\n\n",
       {"a", "b"},
       {{"1", "2"}, {"3", "4"}}},
      {"a line of spaces is a row", "t.csv", "a\n  \n", {"a"}, {{"  "}}},
      {"empty cells", "t.csv", "a,b,c\n,,\n1,,\n,,3", {"a", "b", "c"}, {{"", "", ""}, {"1", "", ""}, {"", "", "3"}}},
      {"comma at the very end", "t.csv", "a,b\n1,", {"a", "b"}, {{"1", ""}}},
      {"delimiter in quotes", "t.csv", "a,b\n\"1,5\",\"x,y,z\"\n", {"a", "b"}, {{"1,5", "x,y,z"}}},
      {"newlines in quotes", "t.csv", "a,b\n\"1\n2\r\n3\",x\n", {"a", "b"}, {{"1\n2\r\n3", "x"}}},
      {"doubled quotes", "t.csv", "a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n", {"a", "b"}, {{"say \"hi\"", "\""}}},
      {"only doubled quotes", "t.csv", "a\n\"\"\"\"\"\"\n", {"a"}, {{"\"\""}}},
      {"empty quotes", "t.csv", "a\n\"\"\n\"\"", {"a"}, {{""}, {""}}},
      {"quotes inside a cell are data", "t.csv", "a,b\n5\" pipe,x\"y\"\n", {"a", "b"}, {{"5\" pipe", "x\"y\""}}},
      {"a space before the quote makes it data", "t.csv", "a,b\n1, \"2\"\n", {"a", "b"}, {{"1", " \"2\""}}},
      {"cells longer than a machine word",
       "t.csv",
       "a,b\n0123456789abcdef,0123456\n",
       {"a", "b"},
       {{"0123456789abcdef", "0123456"}}},
      {"Unicode", "t.csv", "文,é\n好,🎉\n", {"文", "é"}, {{"好", "🎉"}}},
      {"bytes next to the delimiter's code", "t.csv", "a,b\n-+,\x0b\x09\n", {"a", "b"}, {{"-+", "\x0b\x09"}}},
      {"a NUL byte is data",
       "t.csv",
       "a,b\n1\0"
       "2,3\n"s,
       {"a", "b"},
       {{"1\0"
         "2"s,
         "3"}}},
      {"unnamed columns are numbered", "t.csv", ",b,\n0,1,2\n", {"column_1", "b", "column_3"}, {{"0", "1", "2"}}},
      {"no header", "t.csv", "1,2\n3,4\n", {"column_1", "column_2"}, {{"1", "2"}, {"3", "4"}}, no_header},
      {"no header, quoted", "t.csv", "\"1\",2", {"column_1", "column_2"}, {{"1", "2"}}, no_header},
      {"tsv", "t.tsv", "a\tb\n1\t2\n", {"a", "b"}, {{"1", "2"}}},
      {"tsv never quotes",
       "t.tsv",
       "a\tb\n\"hello\t1\n\"x\"\t2\n\"\t\"\n",
       {"a", "b"},
       {{"\"hello", "1"}, {"\"x\"", "2"}, {"\"", "\""}}},
      {"tsv keeps commas", "t.tsv", "a\tb\r\n1,5\t2\r\n", {"a", "b"}, {{"1,5", "2"}}},
      {"format by name, any case", "T.TSV", "a,b\tc\n1\t2\n", {"a,b", "c"}, {{"1", "2"}}},
      {"format by content: tabs", "t.txt", "a\tb\n1\t2\n", {"a", "b"}, {{"1", "2"}}},
      {"format by content: commas", "t.data", "a,b\n1,2\n", {"a", "b"}, {{"1", "2"}}},
      {"format given, against the name", "t.csv", "a\tb,c\n1\t2\n", {"a", "b,c"}, {{"1", "2"}}, {.format = "tsv"}},
      {"semicolons", "t.csv", "a;b\n1,5;\"x;\ny\"\n", {"a", "b"}, {{"1,5", "x;\ny"}}, {.delimiter = ";"}},
      {"tabs with quotes", "t.csv", "a\tb\n\"1\t\"\t2\n", {"a", "b"}, {{"1\t", "2"}}, {.delimiter = "tab"}},
      {"one column whose name holds a semicolon, in quotes", "t.csv", "\"a;b\"\n1;2\n", {"a;b"}, {{"1;2"}}},
      {"one column of texts without a header", "t.csv", "1;2\n3\n", {"column_1"}, {{"1;2"}, {"3"}}, no_header},
      {"several columns, semicolons in a name", "t.csv", "a;b,c\n1,2\n", {"a;b", "c"}, {{"1", "2"}}},
      {"ragged rows left out", "t.csv", "a,b\n1\n2,3\n4,5,6\n7,8\n", {"a", "b"}, {{"2", "3"}, {"7", "8"}}, skipping},
      {"invalid text left out", "t.csv", "a,b\n\xE9,1\n2,3\n", {"a", "b"}, {{"2", "3"}}, skipping},
      {"text after a quote left out", "t.csv", "a,b\n\"x\"y,1\n2,3\n", {"a", "b"}, {{"2", "3"}}, skipping},
  };
}

class DelimitedTables : public ::testing::TestWithParam<DelimitedCase> {};

TEST_P(DelimitedTables, ReadAsWritten) {
  const TemporaryFolder folder;
  const auto table = open_table(folder.write(GetParam().file, GetParam().content), GetParam().options);
  EXPECT_EQ(table->names(), GetParam().names);
  ASSERT_FALSE(GetParam().rows.empty());
  EXPECT_EQ(cells(*table), GetParam().rows);
}

INSTANTIATE_TEST_SUITE_P(Cases, DelimitedTables, ::testing::ValuesIn(delimited_cases()));

TEST(DelimitedTable, CountsRowsLeftOutAndNamesTheLineOfTheOthers) {
  const TemporaryFolder folder;
  const auto path = folder.write("t.csv", "a,b\n1\n2,3\n\n4,5,6\n7,\xFF\n8,9\n");
  const auto table = open_table(path, {.skip_bad_rows = true});
  EXPECT_EQ(table->skipped_rows(), 3);
  ASSERT_EQ(table->rows(), 2);
  EXPECT_EQ(table->where(0), path.string() + ", row 1 (line 3)");
  EXPECT_EQ(table->where(1), path.string() + ", row 2 (line 7)");
}

TEST(DelimitedTable, NamesItselfAndItsRows) {
  const TemporaryFolder folder;
  const auto path = folder.write("t.csv", "a\n1\n2\n");
  const auto table = open_table(path);
  EXPECT_EQ(table->name(), path.string());
  EXPECT_EQ(table->where(1), path.string() + ", row 2");
  EXPECT_EQ(table->skipped_rows(), 0);
}

TEST(DelimitedTable, RowsReadInAnyOrderAndAgain) {
  const TemporaryFolder folder;
  const auto table = open_table(folder.write("t.csv", "a,b\n\"x\"\"1\",1\n\"x\"\"2\",2\nx3,3\n"));
  Row row;
  for (const int64_t i : {2, 0, 1, 1, 0}) {
    table->read(i, row);
    ASSERT_EQ(row.size(), 2);
    EXPECT_EQ(row[1], std::to_string(i + 1));
  }
  EXPECT_EQ(row[0], "x\"1");
}

TEST(DelimitedTable, ReadsACellOfTenMegabytes) {
  const TemporaryFolder folder;
  std::string large(10'000'000, 'x');
  large[5'000'000] = ',';
  large[6'000'000] = '\n';
  const auto table = open_table(folder.write("t.csv", "a,b\n1,\"" + large + "\"\n2,y\n"));
  ASSERT_EQ(table->rows(), 2);
  Row row;
  table->read(0, row);
  EXPECT_TRUE(row[1] == large);
  table->read(1, row);
  EXPECT_EQ(row[1], "y");
}

}  // namespace
}  // namespace attune::testing
