// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "attune/core/error.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

TEST(MemoryTable, HoldsItsRows) {
  const auto table = make_table({"a", "b"}, {{"1", "x"}, {"2", ""}});
  EXPECT_EQ(table->names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table->columns(), 2);
  EXPECT_EQ(cells(*table), (Cells{{"1", "x"}, {"2", ""}}));
  EXPECT_EQ(table->name(), "arguments");
  EXPECT_EQ(table->where(1), "arguments, row 2");
  EXPECT_EQ(table->skipped_rows(), 0);
}

TEST(MemoryTable, CallsItsRowsAsTheyAreNumbered) {
  const auto table = make_table({"a"}, {{"1"}, {"2"}}, "standard input", {.noun = "line", .first = 257});
  EXPECT_EQ(table->where(1), "standard input, line 258");
  EXPECT_EQ(message_of<InputError>([] {
              (void)make_table({"a"}, {{"1"}, {"\xFF"}}, "standard input", {.noun = "line", .first = 257});
            }),
            "standard input, line 258, column \"a\": byte 1 of the cell (0xFF) is not UTF-8");
}

TEST(MemoryTable, MayHaveNoRows) { EXPECT_EQ(make_table({"a"}, {})->rows(), 0); }

TEST(MemoryTable, RefusesWhatAFileWouldBeRefusedFor) {
  EXPECT_EQ(message_of<InputError>([] {
              (void)make_table({"a", "b"}, {{"1", "2"}, {"1"}}, "stdin");
            }),
            "stdin, row 2: expected 2 cells (a, b), found 1");
  EXPECT_EQ(message_of<InputError>([] {
              (void)make_table({"a", "b"}, {{"1", "x\xFF"}}, "stdin");
            }),
            "stdin, row 1, column \"b\": byte 2 of the cell (0xFF) is not UTF-8");
  EXPECT_EQ(message_of<InputError>([] {
              (void)make_table({"a", "a"}, {}, "stdin");
            }),
            "stdin: two columns are named \"a\"; give every column a name of its own");
  EXPECT_EQ(message_of<InputError>([] { (void)make_table({}, {}, "stdin"); }), "stdin: no columns");
}

TEST(SelectedRows, KeepTheirOrderAndTheirPlace) {
  const auto table = select_rows(make_table({"a"}, {{"1"}, {"2"}, {"3"}}, "t"), {2, 0, 2});
  EXPECT_EQ(cells(*table), (Cells{{"3"}, {"1"}, {"3"}}));
  EXPECT_EQ(table->names(), std::vector<std::string>{"a"});
  EXPECT_EQ(table->where(0), "t, row 3");
  EXPECT_EQ(table->name(), "t");
  EXPECT_EQ(select_rows(table, {})->rows(), 0);
}

TEST(SelectedRows, MustExist) {
  const auto table = make_table({"a"}, {{"1"}, {"2"}}, "t");
  EXPECT_EQ(message_of<UsageError>([&] {
              (void)select_rows(table, {0, 2});
            }),
            "select_rows: row 2 is not in 0 .. 1 of t");
  EXPECT_THROW((void)select_rows(table, {-1}), UsageError);
}

TEST(Row, ViewsStayValidWhileCellsAreAdded) {
  Row row;
  for (int i = 0; i < 1000; ++i) row.add_owned(std::to_string(i));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(row[i], std::to_string(i));
  row.clear();
  EXPECT_EQ(row.size(), 0);
}

}  // namespace
}  // namespace attune::testing
