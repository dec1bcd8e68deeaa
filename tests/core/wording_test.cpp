// SPDX-License-Identifier: Apache-2.0
#include "attune/core/wording.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace attune {
namespace {

TEST(Wording, NumbersHaveACommaBeforeEveryThreeDigits) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
  EXPECT_EQ(with_commas(-999), "-999");
  EXPECT_EQ(with_commas(-123456), "-123,456");
  EXPECT_EQ(with_commas(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(Wording, OneIsCountedWithoutAnS) {
  EXPECT_EQ(counted(0, "row"), "0 rows");
  EXPECT_EQ(counted(1, "bad row"), "1 bad row");
  EXPECT_EQ(counted(12345, "row"), "12,345 rows");
  EXPECT_EQ(counted(1, "class"), "1 class");
  EXPECT_EQ(counted(3, "class"), "3 classes");
}

TEST(Wording, AListEndsInItsConjunction) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b"}), "a and b");
  EXPECT_EQ(listed({"a", "b", "c", "d"}), "a, b, c and d");
  EXPECT_EQ(listed({"a", "b", "c"}, "or"), "a, b or c");
}

TEST(Wording, OfManyTheFirstAreNamed) {
  EXPECT_EQ(quoted_list({"a"}), R"("a")");
  EXPECT_EQ(quoted_list({"a", "b", "c"}), R"("a", "b", "c")");
  EXPECT_EQ(quoted_list({"a", "b", "c", "d"}), R"("a", "b", "c" and 1 more)");
  EXPECT_EQ(quoted_list({"a", "b", "c", "d"}, 4), R"("a", "b", "c", "d")");
  EXPECT_EQ(quoted_list({"a", "b", "c", "d"}, 2), R"("a", "b" and 2 more)");
}

TEST(Wording, TextsAreCutBetweenCharacters) {
  EXPECT_EQ(shortened("", 4), "");
  EXPECT_EQ(shortened("abcd", 4), "abcd");
  EXPECT_EQ(shortened("abcde", 4), "abcd..");
  EXPECT_EQ(shortened("很好", 6), "很好");
  EXPECT_EQ(shortened("很好", 5), "很..");
  EXPECT_EQ(shortened("很好", 3), "很..");
  EXPECT_EQ(shortened("很好", 2), "..");
  EXPECT_EQ(shortened("a🙂b", 4), "a..");
  EXPECT_EQ(shortened("a🙂b", 5), "a🙂..");
  EXPECT_EQ(shortened("\x80\x80\x80", 2), "..") << "not UTF-8";
}

TEST(Percent, HasOneDecimalWhereThereIsOne) {
  EXPECT_EQ(percent(0), "0 %");
  EXPECT_EQ(percent(1), "100 %");
  EXPECT_EQ(percent(0.125), "12.5 %");
  EXPECT_EQ(percent(2.0 / 3.0), "66.7 %");
  EXPECT_EQ(percent(0.0004), "0 %");
  EXPECT_EQ(percent(0.0006), "0.1 %");
}

}  // namespace
}  // namespace attune
