// SPDX-License-Identifier: Apache-2.0
#include "linear_columns.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace attune {
namespace {

BaselineInputs inputs_of(const Schema& schema, const std::shared_ptr<const Table>& table) {
  std::vector<int64_t> rows(static_cast<size_t>(table->rows()));
  std::iota(rows.begin(), rows.end(), 0);
  Executor executor(1);
  return {schema, *table, rows, executor};
}

Schema text_schema() {
  Schema schema;
  schema.inputs = {{"text", "text", {"text"}}};
  return schema;
}

TEST(LinearColumns, WeighByInverseFrequency) {
  // "a": in both rows, "b" and "a b": in one, "a a": in one. By hand, with ln(1 + 2 rows) / (1 + df) + 1:
  const auto inputs = inputs_of(text_schema(), make_table({"text"}, {{"a b"}, {"a a"}}));
  const auto rows = LinearColumns(inputs, 100)(inputs.training());
  ASSERT_EQ(rows.columns(), 4);
  const double rare = std::log(1.5) + 1, twice = 1 + std::log(2);
  const double first = std::sqrt(1 + 2 * rare * rare), second = std::sqrt(twice * twice + rare * rare);
  ASSERT_EQ(rows.row(0).size(), 3U);
  EXPECT_NEAR(rows.row(0)[0].value, 1 / first, 1e-6);
  EXPECT_NEAR(rows.row(0)[1].value, rare / first, 1e-6);
  EXPECT_NEAR(rows.row(0)[2].value, rare / first, 1e-6);
  ASSERT_EQ(rows.row(1).size(), 2U);
  EXPECT_NEAR(rows.row(1)[0].value, twice / second, 1e-6);
  EXPECT_NEAR(rows.row(1)[1].value, rare / second, 1e-6);
}

TEST(LinearColumns, ScaleNumbersAndMarkMissingOnes) {
  Schema schema;
  schema.inputs = {{"numbers", "numbers", {"x", "constant", "missing"}}, {"kind", "category", {"kind"}}};
  const auto table = make_table({"x", "constant", "missing", "kind"},
                                {{"1", "7", "", "u"}, {"3", "7", "NA", "v"}, {"", "7", "?", "u"}});
  const auto inputs = inputs_of(schema, table);
  const LinearColumns columns(inputs, 100);
  const auto rows = columns(inputs.training());
  ASSERT_EQ(rows.columns(), 2 + 2 * 3);  // u, v; a value and a mark each
  const auto row_of = [&](int64_t r) { return std::vector<SparseEntry>(rows.row(r).begin(), rows.row(r).end()); };
  EXPECT_EQ(row_of(0), (std::vector<SparseEntry>{{0, 1}, {2, -1}, {7, 1}}));
  EXPECT_EQ(row_of(1), (std::vector<SparseEntry>{{1, 1}, {2, 1}, {7, 1}}));
  EXPECT_EQ(row_of(2), (std::vector<SparseEntry>{{0, 1}, {3, 1}, {7, 1}}));

  Executor executor(1);
  const auto other =
      make_table({"x", "constant", "missing", "kind"}, {{"1e308", "8", "5", "new"}, {"-1e308", "", "", ""}});
  const std::vector<int64_t> both = {0, 1};
  const auto far = columns(inputs.cut(*other, both, executor));
  EXPECT_EQ(far.row(0).front(), (SparseEntry{2, 1000}));  // no further than that
  EXPECT_EQ(far.row(1).front(), (SparseEntry{2, -1000}));
}

TEST(LinearColumns, EmptyTextsHaveNoColumns) {
  const auto inputs = inputs_of(text_schema(), make_table({"text"}, {{""}, {"  "}}));
  const auto rows = LinearColumns(inputs, 100)(inputs.training());
  EXPECT_EQ(rows.rows(), 2);
  EXPECT_EQ(rows.columns(), 0);
}

TEST(LinearColumns, ReadCharactersWhereThereAreNoSpaces) {
  const auto inputs = inputs_of(text_schema(), make_table({"text"}, {{"好吃"}}));
  EXPECT_EQ(LinearColumns(inputs, 100)(inputs.training()).columns(), 3);  // one of either and the pair
}

}  // namespace
}  // namespace attune
