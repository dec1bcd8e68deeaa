// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "attune/core/error.hpp"
#include "compress.hpp"
#include "support/temporary_folder.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

TEST(FolderOfTables, ReadsThemInNameOrderAsOne) {
  const TemporaryFolder folder;
  folder.write("b.tsv", "t\tn\nb1\t3\n");
  folder.write("a.csv", "t,n\na1,1\na2,2\n");
  folder.write("c.jsonl.gz", gzip("{\"t\":\"c1\",\"n\":4}\n{\"t\":\"c2\",\"n\":5}\n"));
  folder.write("README.md", "not a table");
  folder.write(".hidden.csv", "x\n1\n");
  const auto table = open_table(folder.path());
  EXPECT_EQ(table->names(), (std::vector<std::string>{"t", "n"}));
  EXPECT_EQ(cells(*table), (Cells{{"a1", "1"}, {"a2", "2"}, {"b1", "3"}, {"c1", "4"}, {"c2", "5"}}));
  EXPECT_EQ(table->name(), folder.path().string());
  EXPECT_EQ(table->where(1), (folder.path() / "a.csv").string() + ", row 2");
  EXPECT_EQ(table->where(2), (folder.path() / "b.tsv").string() + ", row 1");
  EXPECT_EQ(table->where(4), (folder.path() / "c.jsonl.gz").string() + ", row 2");
}

TEST(FolderOfTables, TakesTheFormatAskedForOnly) {
  const TemporaryFolder folder;
  folder.write("a.csv", "t\na\n");
  folder.write("b.tsv", "other\tcolumns\nb\t1\n");
  EXPECT_EQ(cells(*open_table(folder.path(), {.format = "csv"})), (Cells{{"a"}}));
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(folder.path(), {.format = "jsonl"}); }),
            folder.path().string() + ": a folder without tables; expected .jsonl files (also .gz)");
}

TEST(FolderOfTables, AddsUpRowsLeftOut) {
  const TemporaryFolder folder;
  folder.write("a.csv", "t\na\n1,2\n");
  folder.write("b.csv", "t\n1,2\n\xFF\nb\n");
  const auto table = open_table(folder.path(), {.skip_bad_rows = true});
  EXPECT_EQ(table->skipped_rows(), 3);
  EXPECT_EQ(cells(*table), (Cells{{"a"}, {"b"}}));
}

TEST(FolderOfTables, RefusesDifferentColumns) {
  const TemporaryFolder folder;
  const auto first = folder.write("a.csv", "t,n\na,1\n").string();
  const auto second = folder.write("b.csv", "n,t\n1,b\n").string();
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(folder.path()); }),
            second + ": columns differ from those of " + first +
                ": expected t, n, found n, t; the files of a folder are read as one table");
}

TEST(ClassFolder, HasARowForEveryTextFile) {
  const TemporaryFolder folder;
  folder.write("pos/2.txt", "good, \"very\"\nindeed\r\n\n");
  folder.write("pos/1", "\xEF\xBB\xBF好");
  folder.write("neg/x.txt.gz", gzip("bad"));
  folder.write("neg/empty.txt", "");
  folder.write(".git/config", "hidden");
  folder.write("pos/.hidden", "hidden");
  const auto table = open_table(folder.path());
  EXPECT_EQ(table->names(), (std::vector<std::string>{"text", "label", "file"}));
  EXPECT_EQ(cells(*table), (Cells{{"", "neg", "neg/empty.txt"},
                                  {"bad", "neg", "neg/x.txt.gz"},
                                  {"好", "pos", "pos/1"},
                                  {"good, \"very\"\nindeed", "pos", "pos/2.txt"}}));
  EXPECT_EQ(table->where(2), (folder.path() / "pos" / "1").string());
  EXPECT_EQ(table->name(), folder.path().string());
  EXPECT_EQ(cells(*open_table(folder.path().string() + "/")), cells(*table));
}

TEST(ClassFolder, ReadsOtherEncodings) {
  const TemporaryFolder folder;
  folder.write("a/1.txt", "caf\xE9\n");
  EXPECT_EQ(cells(*open_table(folder.path(), {.encoding = "latin1"})), (Cells{{"café", "a", "a/1.txt"}}));
}

TEST(ClassFolder, NamesAFileThatIsNoText) {
  const TemporaryFolder folder;
  folder.write("a/1.txt", "x");
  const auto bad = folder.write("b/2.txt", "ab\xFF").string();
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(folder.path()); }),
            bad +
                ": byte 3 of the text is not utf-8; give the encoding of the files (--encoding latin1, gb18030, ..), "
                "or pass --skip-bad-rows");
  const auto table = open_table(folder.path(), {.skip_bad_rows = true});
  EXPECT_EQ(table->rows(), 1);
  EXPECT_EQ(table->skipped_rows(), 1);
  std::filesystem::remove(folder.path() / "a" / "1.txt");
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(folder.path(), {.skip_bad_rows = true}); }),
            folder.path().string() +
                ": none of 1 files in its sub-folders is text; open it without --skip-bad-rows to see why");
}

TEST(ClassFolder, HasNoHeader) {
  const TemporaryFolder folder;
  folder.write("a/1.txt", "x");
  EXPECT_EQ(message_of<UsageError>([&] { (void)open_table(folder.path(), {.header = false}); }),
            folder.path().string() + ": a folder of text files has no header; leave out --no-header");
}

TEST(Folder, WithoutTablesOrTexts) {
  const TemporaryFolder folder;
  const auto message = folder.path().string() +
                       ": a folder without tables; expected .csv, .tsv or .jsonl files (also .gz), or sub-folders with "
                       "text files";
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(folder.path()); }), message);
  folder.write("README.md", "x");
  std::filesystem::create_directory(folder.path() / "empty");
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(folder.path()); }), message);
}

}  // namespace
}  // namespace attune::testing
