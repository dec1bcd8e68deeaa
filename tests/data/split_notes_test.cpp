// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "attune/data/split.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

constexpr int kRows = 100;

/// A table with one column `x` beside a label that alternates; cell i is cell(i).
std::shared_ptr<const Table> with_column(const std::function<std::string(int)>& cell) {
  Cells rows;
  for (int i = 0; i < kRows; ++i) rows.push_back({cell(i), i % 2 == 0 ? "yes" : "no"});
  return make_table({"x", "label"}, rows, "t");
}

std::string two_digits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

struct OrderCase {
  const char* what;
  std::function<std::string(int)> cell;
  bool ascends;
};

const std::vector<OrderCase> kOrders{
    {"numbers", [](int i) { return std::to_string(i * 1.5); }, true},
    {"numbers, some equal", [](int i) { return std::to_string(i / 3); }, true},
    {"numbers, some empty", [](int i) { return i % 4 == 0 ? "" : std::to_string(i); }, true},
    {"dates", [](int i) { return "2024-" + two_digits(1 + i / 28) + "-" + two_digits(1 + i % 28); }, true},
    {"dates with times", [](int i) { return "2024/01/01 " + two_digits(i / 60) + ":" + two_digits(i % 60); }, true},
    {"falling numbers", [](int i) { return std::to_string(kRows - i); }, false},
    {"one step back", [](int i) { return std::to_string(i == 90 ? 1 : i); }, false},
    {"a constant", [](int) { return "5"; }, false},
    {"two values", [](int i) { return std::to_string(i / 50); }, false},
    {"words", [](int i) { return "w" + two_digits(i); }, false},
    {"numbers, then a word", [](int i) { return i == 99 ? "end" : std::to_string(i); }, false},
    {"dates, then numbers", [](int i) { return i < 50 ? "2024-01-" + two_digits(i) : "3000"; }, false},
};

TEST(SplitNotes, WarnOfRowsThatRiseWithTimeUnlessTheTailIsTaken) {
  for (const auto& order : kOrders) {
    const auto table = with_column(order.cell);
    for (const auto* method : {"stratified", "random", "group:label"}) {
      const auto notes = split_rows(*table, 1, {.method = method, .fraction = 0.5}).notes;
      const std::vector<std::string> expected{
          "warning: column \"x\" rises from row to row; if rows are ordered by time, use --split tail, so that "
          "validation lies "
          "after training"};
      EXPECT_EQ(notes, order.ascends ? expected : std::vector<std::string>{}) << order.what << ' ' << method;
    }
    EXPECT_TRUE(split_rows(*table, 1, {.method = "tail"}).notes.empty()) << order.what;
  }
}

TEST(SplitNotes, SayNothingOfOrderWithFewRowsOrWithoutValidation) {
  Cells few;
  for (int i = 0; i < 12; ++i) few.push_back({std::to_string(i)});
  EXPECT_TRUE(split_rows(*make_table({"x"}, few), -1, {}).notes.empty());
  EXPECT_TRUE(split_rows(*with_column(kOrders[0].cell), 1, {.fraction = 0}).notes.empty());
}

std::vector<std::string> tail_notes(const std::function<std::string(int)>& label) {
  Cells rows;
  for (int i = 0; i < kRows; ++i) rows.push_back({label(i)});
  return split_rows(*make_table({"label"}, rows), 0, {.method = "tail"}).notes;
}

TEST(SplitNotes, WarnOfRowsOrderedByLabelWhenTheTailIsTaken) {
  const std::vector<std::string> expected{
      "warning: rows look ordered by \"label\", and the last ones are taken for validation; use --split stratified"};
  EXPECT_EQ(tail_notes([](int i) { return i < 50 ? "a" : "b"; }), expected);
  EXPECT_EQ(tail_notes([](int i) { return std::to_string(i / 20); }), expected);
}

TEST(SplitNotes, SayNothingOfOtherLabelsWhenTheTailIsTaken) {
  EXPECT_TRUE(tail_notes([](int i) { return std::to_string(i * 7 % 5); }).empty());
  EXPECT_TRUE(tail_notes([](int) { return "one"; }).empty());
  EXPECT_TRUE(tail_notes([](int i) { return std::to_string(i * 0.25); }).empty()) << "a series rises by nature";
}

}  // namespace
}  // namespace attune::testing
