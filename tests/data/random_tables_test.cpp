// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "attune/core/error.hpp"
#include "attune/core/json.hpp"
#include "support/temporary_folder.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

/// Random cells made mostly of what a reader can stumble over.
class RandomCells {
 public:
  explicit RandomCells(unsigned seed) : random_(seed) {}

  int64_t number(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }

  std::string cell(const std::vector<std::string>& pieces) {
    std::string text;
    for (auto count = number(0, 12); count > 0; --count)
      text += pieces[static_cast<size_t>(number(0, std::ssize(pieces) - 1))];
    return text;
  }

  Cells table(int64_t columns, const std::vector<std::string>& pieces) {
    Cells rows(static_cast<size_t>(number(1, 40)));
    for (auto& row : rows) {
      for (int64_t i = 0; i < columns; ++i) row.push_back(cell(pieces));
    }
    return rows;
  }

  std::string line_end() { return number(0, 1) == 0 ? "\n" : "\r\n"; }
  bool coin() { return number(0, 1) == 0; }

 private:
  std::mt19937 random_;
};

const std::vector<std::string> kCsvPieces{",",  "\"", "\n", "\r\n", "\r", "x",  "\"\"",       " ",
                                          "\t", "é",  "好", "🎉",    "'",  "\\", "longer text"};
const std::vector<std::string> kTsvPieces{",", "\"", "x", " ", "é", "好", "🎉", "\\t", "longer text", "'"};

bool must_be_quoted(const std::string& cell) {
  return cell.empty() || cell.starts_with('"') || cell.find_first_of(",\n") != std::string::npos ||
         cell.ends_with('\r');
}

std::string csv_cell(const std::string& cell, bool quote) {
  if (!quote) return cell;
  std::string text = "\"";
  for (const char c : cell) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

std::vector<std::string> names_of(int64_t columns) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < columns; ++i) names.push_back("c" + std::to_string(i));
  return names;
}

/// Rows as CSV, quoted where needed and by chance, with either line end and blank lines between.
std::string as_csv(const Cells& rows, RandomCells& random) {
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (random.number(0, 5) == 0) text += random.line_end();
    for (size_t j = 0; j < rows[i].size(); ++j) {
      text += (j == 0 ? "" : ",") + csv_cell(rows[i][j], must_be_quoted(rows[i][j]) || random.coin());
    }
    if (i + 1 < rows.size() || random.coin()) text += random.line_end();
  }
  return text;
}

std::string as_tsv(const Cells& rows, RandomCells& random) {
  std::string text;
  for (const auto& row : rows) {
    for (size_t j = 0; j < row.size(); ++j) text += (j == 0 ? "" : "\t") + row[j];
    text += random.line_end();
  }
  return text;
}

Cells with_names(const Cells& rows) {
  auto all = rows;
  all.insert(all.begin(), names_of(static_cast<int64_t>(rows.front().size())));
  return all;
}

TEST(RandomTables, ComeBackFromCsv) {
  const TemporaryFolder folder;
  for (unsigned seed = 0; seed < 200; ++seed) {
    RandomCells random(seed);
    const auto rows = random.table(random.number(1, 6), kCsvPieces);
    const auto path = folder.write("t.csv", as_csv(with_names(rows), random));
    ASSERT_EQ(cells(*open_table(path)), rows) << "seed " << seed;
  }
}

TEST(RandomTables, ComeBackFromTsv) {
  const TemporaryFolder folder;
  for (unsigned seed = 0; seed < 200; ++seed) {
    RandomCells random(seed);
    const auto rows = random.table(random.number(2, 6), kTsvPieces);
    const auto path = folder.write("t.tsv", as_tsv(with_names(rows), random));
    ASSERT_EQ(cells(*open_table(path)), rows) << "seed " << seed;
  }
}

TEST(RandomTables, ComeBackFromJsonLines) {
  const TemporaryFolder folder;
  for (unsigned seed = 0; seed < 200; ++seed) {
    RandomCells random(seed);
    const auto rows = random.table(random.number(1, 6), kCsvPieces);
    const auto names = names_of(static_cast<int64_t>(rows.front().size()));
    std::string text;
    for (const auto& row : rows) {
      Json object;
      for (size_t j = 0; j < row.size(); ++j) object[names[j]] = row[j];
      text += object.dump(-1, ' ', random.coin()) + random.line_end();  // escaped to ASCII or not
    }
    ASSERT_EQ(cells(*open_table(folder.write("t.jsonl", text))), rows) << "seed " << seed;
  }
}

bool runs_python() { return std::system("python3 -c 'import csv' >/dev/null 2>&1") == 0; }

/// Python writes the tables from JSON, so that no code of this test decides how they are quoted.
TEST(RandomTables, ComeBackFromPythonsCsvModule) {
  if (!runs_python()) GTEST_SKIP() << "python3 is not there";
  const TemporaryFolder folder;
  Json tables = Json::array();
  std::vector<Cells> expected;
  for (unsigned seed = 0; seed < 50; ++seed) {
    RandomCells random(seed);
    expected.push_back(random.table(random.number(1, 6), kCsvPieces));
    tables.push_back(with_names(expected.back()));
  }
  folder.write("tables.json", tables.dump());
  const auto script =
      folder.write("write.py",
                   "import csv, json, sys\n"
                   "folder = sys.argv[1]\n"
                   "styles = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL]\n"
                   "for i, rows in enumerate(json.load(open(folder + '/tables.json', encoding='utf-8'))):\n"
                   "    for j, style in enumerate(styles):\n"
                   "        name = f'{folder}/{i}_{j}.csv'\n"
                   "        with open(name, 'w', newline='', encoding='utf-8') as out:\n"
                   "            csv.writer(out, quoting=style).writerows(rows)\n");
  ASSERT_EQ(std::system(("python3 '" + script.string() + "' '" + folder.path().string() + "'").c_str()), 0);
  for (size_t i = 0; i < expected.size(); ++i) {
    for (const auto* style : {"_0.csv", "_1.csv"}) {
      const auto path = folder.path() / (std::to_string(i) + style);
      ASSERT_EQ(cells(*open_table(path)), expected[i]) << path;
    }
  }
}

/// Every prefix of a difficult file is either a table or an InputError: nothing else, and no read past the end.
TEST(RandomTables, CutAnywhereAreTablesOrErrors) {
  const TemporaryFolder folder;
  RandomCells random(7);
  const auto text = as_csv(with_names(random.table(3, kCsvPieces)), random);
  int opened = 0;
  for (size_t size = 0; size < text.size(); ++size) {
    const auto path = folder.write("t.csv", text.substr(0, size));
    try {
      opened += cells(*open_table(path, {.skip_bad_rows = size % 2 == 0})).empty() ? 0 : 1;
    } catch (const InputError& error) {
      ASSERT_TRUE(std::string(error.what()).starts_with(path.string())) << error.what();
    }
  }
  EXPECT_GT(opened, 10);
}

}  // namespace
}  // namespace attune::testing
