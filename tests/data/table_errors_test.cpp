// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "attune/core/error.hpp"
#include "support/temporary_folder.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

/// A file that cannot be a table, and the message after the path of its folder.
struct ErrorCase {
  const char* file;
  std::string content;
  std::string message;
  TableOptions options = {};
};

void PrintTo(const ErrorCase& c, std::ostream* out) { *out << c.message; }

std::vector<ErrorCase> error_cases() {
  using std::string_literals::operator""s;
  return {
      {"t.csv", "", "t.csv: the file is empty; expected a header and rows"},
      {"t.csv", "\n\r\n\n", "t.csv: the file is empty; expected a header and rows"},
      {"t.csv", "\xEF\xBB\xBF", "t.csv: the file is empty; expected a header and rows"},
      {"t.csv", "", "t.csv: the file is empty; expected rows", {.header = false}},
      {"t.csv", "", "t.csv: the file is empty; expected a header and rows", {.encoding = "latin1"}},
      {"t.csv.gz", "", "t.csv.gz: the file is empty; expected a header and rows"},
      {"t.jsonl", "\n\n", "t.jsonl: the file is empty; expected one JSON object a line"},
      {"t.csv", "a,b\n\n", "t.csv: the file holds a header, but no rows"},
      {"t.csv", "a,b,a\n1,2,3\n", "t.csv: two columns are named \"a\"; give every column a name of its own"},
      {"t.csv", "a,b\n1,2\n\n3\n",
       "t.csv, row 2 (line 4): expected 2 cells (a, b), found 1; mend the row, or pass --skip-bad-rows"},
      {"t.csv", "a,b\n\"1\n1\",2\n1,5,2\n",
       "t.csv, row 2 (line 4): expected 2 cells (a, b), found 3: more than there are column names (a cell with a comma "
       "must stand in double quotes); mend the row, or pass --skip-bad-rows"},
      {"t.tsv", "a\n1\t2\n",
       "t.tsv, row 1 (line 2): expected 1 cell (a), found 2: more than there are column names; mend the row, or pass "
       "--skip-bad-rows"},
      {"t.csv",
       "1,2\n3\n",
       "t.csv, row 2 (line 2): expected 2 cells (column_1, column_2), found 1; mend the row, or pass --skip-bad-rows",
       {.header = false}},
      {"t.csv", "a,text\n1,ok\n2,caf\xE9\n",
       "t.csv, row 2 (line 3), column \"text\": byte 6 of the row (0xE9) is not UTF-8; give the file's encoding "
       "(--encoding latin1, gb18030, ..), or pass --skip-bad-rows"},
      {"t.csv", "a,b\n\"x\"\"\xC0\x80\",1\n",
       "t.csv, row 1 (line 2), column \"a\": byte 5 of the row (0xC0) is not UTF-8; give the file's encoding "
       "(--encoding latin1, gb18030, ..), or pass --skip-bad-rows"},
      {"t.csv", "a,\xE9\n1,2\n",
       "t.csv, header: the name of column 2 is not UTF-8; give the file's encoding (--encoding latin1, utf-16, "
       "gb18030, "
       "..)"},
      {"t.csv",
       "\xFF\xFE"
       "1\0\n\0"s,
       "t.csv, row 1 (line 1), column \"column_1\": byte 1 of the row (0xFF) is not UTF-8; the file begins as UTF-16 "
       "does: pass --encoding utf-16",
       {.header = false}},
      {"t.csv", "text;label\na, b;x\n",
       "t.csv, header: one column, \"text;label\", that looks like several with semicolons between; pass --delimiter "
       "';', or --format csv if it is one"},
      {"t.csv", "\"text\";\"label\"\n\"a\";x\n",
       "t.csv, header: one column, \"\"text\";\"label\"\", that looks like several with semicolons between; pass "
       "--delimiter ';', or --format csv if it is one"},
      {"t.csv", "text\tlabel\r\na\tb\r\n",
       "t.csv, header: one column, \"text\tlabel\", that looks like several with tabs between; pass --format tsv, or "
       "--format csv if it is one"},
      {"t.tsv", "text,label\na,b\n",
       "t.tsv, header: one column, \"text,label\", that looks like several with commas between; pass --format csv, or "
       "--format tsv if it is one"},
      {"t.tsv", "text;label\na;b\n",
       "t.tsv, header: one column, \"text;label\", that looks like several with semicolons between; pass --format csv "
       "--delimiter ';', or --format tsv if it is one"},
      {"t.csv",
       "a;b\n1;2;3\n",
       "t.csv, row 1 (line 2): expected 2 cells (a, b), found 3: more than there are column names (a cell with the "
       "delimiter must stand in double quotes); mend the row, or pass --skip-bad-rows",
       {.delimiter = ";"}},
      {"t.csv", "a\n1\n", "--delimiter \"x\": expected tab, or one character such as ; or |", {.delimiter = "x"}},
      {"t.csv", "a\n1\n", "--delimiter \";;\": expected tab, or one character such as ; or |", {.delimiter = ";;"}},
      {"t.csv", "a,b\n1,2\n3,\"x\n4,5\n6,7\n",
       "t.csv, row 2 (line 3): a quoted cell begins in this row and is never closed; add the missing double quote"},
      {"t.csv",
       "a,b\n1,2\n3,\"x\n4,5\n6,7\n",
       "t.csv, row 2 (line 3): a quoted cell begins in this row and is never closed; add the missing double quote",
       {.skip_bad_rows = true}},
      {"t.csv", "a,\"b\n1,2\n",
       "t.csv, header: a quoted cell begins in this row and is never closed; add the missing double quote"},
      {"t.csv", "a,b\n1,2\n\"he said \"no\" twice\",5\n",
       "t.csv, row 2 (line 3): text follows the closing quote of a cell; double the quotes inside it (\"\"); or pass "
       "--skip-bad-rows"},
      {"t.csv",
       "a,b\n1\n\xFF,1\n",
       "t.csv: every row is bad (2 left out); open it without --skip-bad-rows to see why",
       {.skip_bad_rows = true}},
      {"t.jsonl", "{\"a\": 1}\n{\"a\": }\n",
       "t.jsonl, row 2 (line 2): broken JSON, column 7: syntax error while parsing value - unexpected '}'; expected "
       "'[', "
       "'{', or a literal; mend the line, or pass --skip-bad-rows"},
      {"t.jsonl", "{\"a\": 1}\n\n[1, 2]\n",
       "t.jsonl, row 2 (line 3): expected a JSON object {\"column\": value, ..}, found array; mend the line, or pass "
       "--skip-bad-rows"},
      {"t.jsonl", "{\"a\": \"\xE9\"}\n",
       "t.jsonl, row 1 (line 1): byte 8 of the row (0xE9) is not UTF-8; give the file's encoding (--encoding latin1, "
       "gb18030, ..), or pass --skip-bad-rows"},
      {"t.jsonl", "{}\n{}\n", "t.jsonl: no columns"},
      {"t.jsonl",
       "{\"a\": 1}\n",
       "t.jsonl: JSON Lines has no header that could be missing; leave out --no-header",
       {.header = false}},
      {"t.csv", "a\n1\n", "--format cvs: unknown format (did you mean \"csv\"?)", {.format = "cvs"}},
      {"t.csv", "a\n1\n", "--encoding gb18031: unknown encoding (did you mean \"GB18030\"?)", {.encoding = "gb18031"}},
      {"t.csv",
       "a\n1\n",
       "--encoding ?: unknown encoding (for instance utf-8, latin1, windows-1252, utf-16, gb18030, shift_jis)",
       {.encoding = "?"}},
      {"t.csv",
       "a\n1\n",
       "--encoding : unknown encoding (for instance utf-8, latin1, windows-1252, utf-16, gb18030, shift_jis)",
       {.encoding = ""}},
      {"t.csv", "a,b\r1,x\r2,y\r",
       "t.csv: lines end with carriage returns alone, as on old Macs, so that all is one row; convert them: "
       "tr '\\r' '\\n' < FILE > NEW"},
      {"t.jsonl", "{\"a\": 1}\r{\"a\": 2}\r",
       "t.jsonl: lines end with carriage returns alone, as on old Macs, so that all is one row; convert them: "
       "tr '\\r' '\\n' < FILE > NEW"},
      {"t.json", "[{\"a\": 1},\n {\"a\": 2}]\n",
       "t.json: a JSON array; expected one object per line: jq -c '.[]' FILE > NEW.jsonl"},
      {"t.json", "\n[\n  {\n \"a\": 1}\n]\n",
       "t.json: a JSON array; expected one object per line: jq -c '.[]' FILE > NEW.jsonl"},
      {"t.jsonl", "[[1, 2], [3, 4]]",
       "t.jsonl: a JSON array; expected one object per line: jq -c '.[]' FILE > NEW.jsonl"},
      {"t.json", "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n",
       "t.json: JSON objects over several lines; expected one object per line: jq -c . FILE > NEW.jsonl"},
      {"t.csv", "PK\3\4 [Content_Types].xml .. xl/workbook.xml ..",
       "t.csv: an Excel workbook, where a table is expected; open it there and export the sheet as CSV"},
      {"t.ods", "PK\3\4 mimetypeapplication/vnd.oasis.opendocument.spreadsheet ..",
       "t.ods: an OpenDocument spreadsheet, where a table is expected; open it there and export the sheet as CSV"},
      {"t.zip", "PK\3\4 t.csv ..", "t.zip: a ZIP archive, where a table is expected; unpack it first"},
      {"t.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 ..",
       "t.xls: an Excel workbook (.xls), where a table is expected; open it there and export the sheet as CSV"},
      {"t.xls",
       "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 ..",
       "t.xls: an Excel workbook (.xls), where a table is expected; open it there and export the sheet as CSV",
       {.encoding = "latin1"}},
      {"t.parquet", "PAR1\x15\4\x15 ..",
       "t.parquet: a Parquet file, where a table is expected; write it as CSV or JSON Lines with the program that made "
       "it"},
      {"t.csv.xz",
       "\xFD"
       "7zXZ ..",
       "t.csv.xz: a file compressed by xz, where a table is expected; unpack it first"},
      {"t.csv.gz", "a\n1\n", "t.csv.gz: named .gz, but its content is not gzip; rename it or compress it"},
  };
}

class TableErrors : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(TableErrors, NameThePlaceAndTheWayOut) {
  const TemporaryFolder folder;
  const auto path = folder.write(GetParam().file, GetParam().content);
  const auto message = message_of<Error>([&] { (void)open_table(path, GetParam().options); });
  const auto prefix = GetParam().message.starts_with("--") ? "" : folder.path().string() + "/";
  EXPECT_EQ(message, prefix + GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(Cases, TableErrors, ::testing::ValuesIn(error_cases()));

/// What a header that looks separated by another character is read as when the advice is followed.
struct AdviceCase {
  const char* file;
  std::string content;
  TableOptions options;
  std::vector<std::string> names;
};

TEST(TableErrors, TheAdviceOnAHeaderOfOneColumnHelps) {
  const std::vector<std::string> two{"text", "label"};
  const std::vector<AdviceCase> cases{
      {"t.csv", "text;label\na, b;x\n", {.delimiter = ";"}, two},
      {"t.csv", "\"text\";\"label\"\n\"a\";x\n", {.delimiter = ";"}, two},
      {"t.csv", "text;label\na;x\n", {.format = "csv"}, {"text;label"}},
      {"t.csv", "text\tlabel\na\tx\n", {.format = "tsv"}, two},
      {"t.csv", "text\tlabel\na\tx\n", {.format = "csv"}, {"text\tlabel"}},
      {"t.tsv", "text,label\na,x\n", {.format = "csv"}, two},
      {"t.tsv", "text, cleaned\na, x\n", {.format = "tsv"}, {"text, cleaned"}},
      {"t.tsv", "text;label\na;x\n", {.format = "csv", .delimiter = ";"}, two},
      {"t.tsv", "text;label\na;x\n", {.format = "tsv"}, {"text;label"}},
      {"t", "text;label\na;x\n", {.delimiter = ";"}, two},
      {"t", "text;label\na;x\n", {.format = "csv"}, {"text;label"}},
  };
  const TemporaryFolder folder;
  for (const auto& c : cases) {
    const auto path = folder.write(c.file, c.content);
    EXPECT_THROW((void)open_table(path), InputError) << c.file << ": " << c.content;
    EXPECT_EQ(open_table(path, c.options)->names(), c.names) << c.file << ": " << c.content;
  }
}

TEST(TableErrors, AChosenDelimiterIsNotDoubted) {
  const TemporaryFolder folder;
  const auto path = folder.write("t.csv", "a,b\nx\n");
  EXPECT_EQ(open_table(path, {.delimiter = ";"})->names(), std::vector<std::string>{"a,b"});
  EXPECT_EQ(open_table(folder.write("u.csv", "a;b\nx\n"), {.delimiter = ","})->names(),
            std::vector<std::string>{"a;b"});
}

TEST(TableErrors, OptionsAreUsageAndFilesAreInput) {
  const TemporaryFolder folder;
  const auto path = folder.write("t.csv", "a\n1\n");
  EXPECT_THROW((void)open_table(path, {.format = "xml"}), UsageError);
  EXPECT_THROW((void)open_table(path, {.encoding = "klingon"}), UsageError);
  EXPECT_THROW((void)open_table(folder.path() / "none.csv"), InputError);
  EXPECT_THROW((void)open_table(folder.write("e.csv", "")), InputError);
}

TEST(TableErrors, ADelimiterIsForCsv) {
  const TemporaryFolder folder;
  for (const auto& [file, content, format] :
       {std::tuple{"t.jsonl", "{}\n", "jsonl"}, std::tuple{"t.tsv", "a\n1\n", "tsv"}}) {
    const auto path = folder.write(file, content);
    for (const std::string delimiter : {";", ",", "tab"}) {
      EXPECT_EQ(message_of<UsageError>([&] { (void)open_table(path, {.delimiter = delimiter}); }),
                "--delimiter " + delimiter + ": is for CSV, and " + path.string() + " is read as " + format +
                    "; add --format csv, or leave it out");
    }
  }
  const auto csv = folder.write("t.csv", "a,b\n1,2\n");
  EXPECT_EQ(open_table(csv, {.delimiter = ","})->columns(), 2);
  EXPECT_EQ(open_table(csv, {.delimiter = ""})->columns(), 2) << "not given";
}

TEST(TableErrors, ADelimiterIsNotForFoldersOfTexts) {
  const TemporaryFolder folder;
  folder.write("classes/pos/1.txt", "good");
  const auto path = folder.path() / "classes";
  EXPECT_EQ(message_of<UsageError>([&] { (void)open_table(path, {.delimiter = ","}); }),
            "--delimiter ,: is for CSV, and " + path.string() + " is a folder of text files; leave it out");
}

TEST(TableNames, EndAsTablesDo) {
  for (const char* name : {"t.csv", "T.CSV", "a b.tsv", "folder/t.tab", "t.jsonl.gz", "t.NDJSON.GZ"})
    EXPECT_TRUE(has_table_name(name)) << name;
  for (const char* name : {"", "t", "t.gz", "t.csv.txt", "csv", ".csv", "t.csv/part", "t.attune"})
    EXPECT_FALSE(has_table_name(name)) << name;
}

TEST(TableErrors, MissingFileSuggestsTheNearestOfItsFolder) {
  const TemporaryFolder folder;
  folder.write("reviews.csv", "a\n1\n");
  const auto base = folder.path().string();
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(folder.path() / "reveiws.csv"); }),
            base + "/reveiws.csv: no such file (did you mean \"" + base + "/reviews.csv\"?)");
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(folder.path() / "prices.parquet"); }),
            base + "/prices.parquet: no such file in " + base);
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(folder.path() / "no" / "t.csv"); }),
            base + "/no/t.csv: no such file; there is no folder " + base + "/no either");
}

TEST(TableErrors, TheSystemsReasonIsNamed) {
  const TemporaryFolder folder;
  const auto loop = folder.path() / "loop.csv";
  std::filesystem::create_symlink(loop, loop);
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(loop); }),
            loop.string() + ": cannot be read: Too many levels of symbolic links");
  const auto long_name = folder.path() / std::string(300, 'x');
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(long_name); }),
            long_name.string() + ": cannot be read: File name too long");
}

TEST(TableErrors, TemporaryFilesNeedAFolder) {
  const TemporaryFolder folder;
  const auto path = folder.write("t.csv", "a\n1\n");
  const char* before = std::getenv("TMPDIR");
  const std::string restored = before == nullptr ? "" : before;
  setenv("TMPDIR", (folder.path() / "none").c_str(), 1);
  EXPECT_EQ(message_of<IoError>([&] { (void)open_table(path, {.encoding = "latin1"}); }),
            "TMPDIR: not a folder for temporary files; point it at a folder with room");
  EXPECT_EQ(open_table(path)->rows(), 1) << "a plain file needs none";
  before == nullptr ? unsetenv("TMPDIR") : setenv("TMPDIR", restored.c_str(), 1);
}

TEST(TableErrors, APipeIsNoTable) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "pipe.csv";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(message_of<InputError>([&] { (void)open_table(path); }),
            path.string() + ": neither a file nor a folder; write a pipe's content to a file first");
}

TEST(TableErrors, UnknownColumnSuggestsTheNearest) {
  const TemporaryFolder folder;
  const auto path = folder.write("t.csv", "text,label\nx,1\n");
  const auto table = open_table(path);
  EXPECT_EQ(table->column("label"), 1);
  EXPECT_EQ(message_of<InputError>([&] { (void)table->column("labl"); }),
            path.string() + ": no column \"labl\" (did you mean \"label\"?)");
  EXPECT_EQ(message_of<InputError>([&] { (void)table->column("zzzzzz"); }),
            path.string() + ": no column \"zzzzzz\" (known: text, label)");
}

}  // namespace
}  // namespace attune::testing
