// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/baseline_inputs.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "support/peak_memory.hpp"

namespace attune {
namespace {

constexpr int32_t kNone = UnitRows::kNone;
using Units = std::vector<int32_t>;

std::vector<int64_t> all_of(const Table& table) {
  std::vector<int64_t> rows(static_cast<size_t>(table.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

Schema mixed_schema() {
  Schema schema;
  schema.inputs = {{"title", "text", {"title"}},
                   {"colour", "category", {"colour"}},
                   {"body", "text", {"body"}},
                   {"size", "category", {"size"}},
                   {"numbers", "numbers", {"width", "height"}}};
  return schema;
}

Units row_of(const UnitRows& rows, int64_t r) { return {rows.row(r).begin(), rows.row(r).end()}; }

TEST(BaselineInputs, CutEveryType) {
  const auto table = make_table({"title", "body", "colour", "size", "width", "height"},
                                {{"A cat", "a Cat!", "red", "red", "1.5", ""}, {"", "cat", "", "big", "NA", "-2"}});
  Executor executor(1);
  const BaselineInputs inputs(mixed_schema(), *table, all_of(*table), executor);
  const auto& cut = inputs.training();
  ASSERT_EQ(cut.rows(), 2);
  // Words fold case, and those of one column are not those of another: a 0, cat 1; then a 2, cat 3, ! 4.
  EXPECT_EQ(row_of(cut.words, 0), (Units{0, 1, kNone, 2, 3, 4}));
  EXPECT_EQ(row_of(cut.words, 1), (Units{kNone, 3}));
  // Characters do not: A, blank, c, a, t.
  EXPECT_EQ(row_of(cut.characters, 0).size(), 5U + 1 + 6);
  EXPECT_NE(row_of(cut.characters, 0)[6], row_of(cut.characters, 0)[3]);
  // An empty cell is a value as any other, and "red" is another one in another column.
  EXPECT_EQ(row_of(cut.categories, 0), (Units{0, 1}));
  EXPECT_EQ(row_of(cut.categories, 1), (Units{2, 3}));
  ASSERT_EQ(cut.numbers.size(), 4U);
  EXPECT_EQ(cut.numbers[0], 1.5);
  EXPECT_TRUE(std::isnan(cut.numbers[1]) && std::isnan(cut.numbers[2]));
  EXPECT_EQ(cut.numbers[3], -2);
  EXPECT_FALSE(inputs.spaceless());
}

TEST(BaselineInputs, OtherTablesMayOrderTheirColumnsOtherwise) {
  const auto table =
      make_table({"title", "body", "colour", "size", "width", "height"}, {{"good", "film", "red", "big", "1", "2"}});
  const auto other = make_table({"height", "width", "size", "colour", "body", "title"},
                                {{"9", "8", "new", "red", "film good", "good"}});
  Executor executor(1);
  const BaselineInputs inputs(mixed_schema(), *table, all_of(*table), executor);
  const auto cut = inputs.cut(*other, all_of(*other), executor);
  EXPECT_EQ(row_of(cut.words, 0), (Units{0, kNone, 1, kNone}));
  EXPECT_EQ(row_of(cut.categories, 0), (Units{0, kNone}));
  EXPECT_EQ(cut.numbers, (std::vector<double>{8, 9}));
}

TEST(BaselineInputs, AreTheSameForEveryNumberOfThreads) {
  std::vector<std::vector<std::string>> cells;
  for (int i = 0; i < 5000; ++i) cells.push_back({"word" + std::to_string(i * 7 % 501) + " 好" + std::to_string(i)});
  const auto table = make_table({"text"}, cells);
  Schema schema;
  schema.inputs = {{"text", "text", {"text"}}};
  Executor one(1), three(3);
  const BaselineInputs a(schema, *table, all_of(*table), one), b(schema, *table, all_of(*table), three);
  ASSERT_EQ(a.training().rows(), 5000);
  EXPECT_EQ(a.training().words.units, b.training().words.units);
  EXPECT_EQ(a.training().characters.offsets, b.training().characters.offsets);
}

TEST(BaselineInputs, FollowTheTextOptionsAndTheScript) {
  const auto table = make_table({"text"}, {{"很好吃 OK"}, {"太差了 ok"}});
  Schema schema;
  schema.inputs = {{"text", "text", {"text"}, {{"lowercase", "no"}}}};
  Executor executor(1);
  const BaselineInputs inputs(schema, *table, all_of(*table), executor);
  EXPECT_TRUE(inputs.spaceless());
  EXPECT_NE(row_of(inputs.training().words, 0).back(), row_of(inputs.training().words, 1).back());
}

Schema schema_of_texts(const std::vector<std::string>& columns) {
  Schema schema;
  for (const auto& column : columns) schema.inputs.push_back({column, "text", {column}});
  return schema;
}

/// A word for each row that begins with it, in two columns, and one that is too long to be known.
std::shared_ptr<const Table> table_of_words(int rows) {
  std::vector<std::vector<std::string>> cells;
  for (int i = 0; i < rows; ++i) {
    const auto word = "word" + std::to_string(i * 7919 % 1009), other = "other" + std::to_string(i * 31 % 707);
    cells.push_back({other + " " + word, i % 100 == 0 ? std::string(300, 'x') : word});
  }
  return make_table({"first", "second"}, cells);
}

TEST(BaselineInputs, NumberUnitsInTheOrderOfTheRows) {
  const auto table = table_of_words(3000);
  std::map<std::pair<int, std::string>, int32_t> numbers;
  const auto number_of = [&](int input, const std::string& word) {
    return numbers.try_emplace({input, word}, static_cast<int32_t>(numbers.size())).first->second;
  };
  Executor executor(2);
  const BaselineInputs inputs(schema_of_texts({"first", "second"}), *table, all_of(*table), executor);
  Row row;
  for (int64_t r = 0; r < table->rows(); ++r) {
    table->read(r, row);
    const std::string first(row[0]), second(row[1]);
    Units expected = {number_of(0, first.substr(0, first.find(' '))), number_of(0, first.substr(first.find(' ') + 1))};
    expected.push_back(kNone);  // the gap
    expected.push_back(second.size() > 256 ? kNone : number_of(1, second));
    ASSERT_EQ(row_of(inputs.training().words, r), expected) << "row " << r;
  }
  const auto again = inputs.cut(*table, all_of(*table), executor);
  EXPECT_EQ(again.words.units, inputs.training().words.units);
  EXPECT_EQ(again.characters.units, inputs.training().characters.units);
  EXPECT_EQ(again.characters.offsets, inputs.training().characters.offsets);
  EXPECT_EQ(inputs.cut(*table, all_of(*table)).words.units, again.words.units);
}

TEST(BaselineInputs, AreCutInPartsByRowsAndBytes) {
  std::vector<std::vector<std::string>> cells;
  for (const int kibibytes : {100, 100, 100, 300, 1, 256, 1})
    cells.push_back({std::string(kibibytes * size_t{1024}, 'a')});
  cells.insert(cells.end(), 600, {"a a"});
  const auto table = make_table({"text"}, cells);
  Executor executor(2);
  const std::vector<int64_t> first = {600};
  const BaselineInputs inputs(schema_of_texts({"text"}), *table, first, executor);
  std::vector<int64_t> rows, units;
  inputs.for_each_cut(*table, all_of(*table), executor, [&](const CutRows& cut) {
    rows.push_back(cut.rows());
    units.insert(units.end(), cut.characters.units.begin(), cut.characters.units.end());
  });
  EXPECT_EQ(rows, (std::vector<int64_t>{2, 1, 1, 1, 1, 256, 256, 89}));
  const auto whole = inputs.cut(*table, all_of(*table), executor).characters.units;
  EXPECT_EQ(units, std::vector<int64_t>(whole.begin(), whole.end()));
}

TEST(BaselineInputs, LongTextsAreNotHeldInPieces) {
  std::string text;
  while (text.size() < 100'000) text += "some words ";
  const auto table = make_table({"text"}, std::vector<std::vector<std::string>>(100, {text}));
  Executor executor(2);
  auto before = testing::peak_kibibytes();
  const BaselineInputs inputs(schema_of_texts({"text"}), *table, all_of(*table), executor);
  ASSERT_EQ(inputs.training().characters.units.size(), 100 * (text.size() - 1));
  EXPECT_LT(testing::peak_kibibytes() - before, 200 << 10) << "KiB, for 10 MB of text, a number for each character";
  before = testing::peak_kibibytes();
  inputs.for_each_cut(*table, all_of(*table), executor, [](const CutRows& cut) { ASSERT_GT(cut.rows(), 0); });
  EXPECT_LT(testing::peak_kibibytes() - before, 16 << 10) << "KiB";
}

struct RowsCase {
  std::string name;
  int64_t most_rows, most_bytes;
  size_t expected;
};

TEST(BaselineRows, KeepToBothLimits) {
  std::vector<std::vector<std::string>> cells(100, {"ten bytes!"});
  const auto table = make_table({"text"}, cells);
  Schema schema;
  schema.inputs = {{"text", "text", {"text"}}};
  std::vector<int64_t> training;
  for (int64_t i = 1; i < 100; i += 2) training.push_back(i);
  const std::vector<RowsCase> cases = {{"within both", 50, 500, 50},
                                       {"too many rows", 20, 500, 20},
                                       {"too many bytes", 50, 100, 10},
                                       {"one row is left", 50, 1, 1}};
  for (const auto& c : cases) {
    const auto rows = baseline_rows(schema, *table, training, c.most_rows, c.most_bytes);
    EXPECT_EQ(rows.size(), c.expected) << c.name;
    EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end())) << c.name;
    for (const int64_t row : rows) EXPECT_EQ(row % 2, 1) << c.name << ": no training row";
  }
}

}  // namespace
}  // namespace attune
