// SPDX-License-Identifier: Apache-2.0
#include "label_check.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace attune {
namespace {

using ::testing::HasSubstr;

/// A column of `rows` labels.
LabelDoubt doubt(int rows, const std::function<std::string(int)>& label) {
  std::vector<std::vector<std::string>> cells;
  for (int i = 0; i < rows; ++i) cells.push_back({label(i)});
  return doubt_classes(*make_table({"label"}, std::move(cells), "table.csv"), "label");
}

std::string code(int i) { return "c" + std::to_string(i); }

struct Case {
  std::string name;
  int rows;
  std::function<std::string(int)> label;
  bool all_differ;
  std::string text;  // a part of it; "": none is given
};

TEST(LabelCheck, DoubtsLabelsThatComeLessThanTwice) {
  const std::vector<Case> cases = {
      {"no rows", 0, code, false, ""},
      {"few rows may coincide", 9, code, false, ""},
      {"all differ", 10, code, true, "column \"label\": 10 different labels in 10 rows: they look like names"},
      {"twice each", 20, [](int i) { return code(i / 2); }, false, ""},
      {"nearly all differ", 20, [](int i) { return code(i % 11); }, false, "11 different labels in 20 rows"},
      {"numbers but for one", 20, [](int i) { return i == 7 ? "12o" : std::to_string(i); }, true,
       "look like numbers, not like classes; predict the number with --output label:number"},
      {"texts", 20, [](int i) { return "the text " + std::to_string(i); }, true, "look like texts"},
      {"beyond the rows looked at first", 20000, code, true, "20,000 different labels in 20,000 rows"},
      {"less than twice among the rows looked at first", 40000, [](int i) { return code(i * 7 % 8009); }, false, ""},
  };
  for (const auto& row : cases) {
    const auto found = doubt(row.rows, row.label);
    EXPECT_EQ(found.all_differ, row.all_differ) << row.name;
    EXPECT_EQ(found.text.empty(), row.text.empty()) << row.name << ": " << found.text;
    EXPECT_THAT(found.text, HasSubstr(row.text)) << row.name;
  }
}

}  // namespace
}  // namespace attune
