// SPDX-License-Identifier: Apache-2.0
#include "vocabulary.hpp"

#include <gmock/gmock.h>

namespace attune {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> forms(const std::vector<CountedUnit>& units) {
  std::vector<std::string> all;
  for (const auto& unit : units) all.push_back(unit.form);
  return all;
}

TEST(UnitCounter, OrdersByCountThenByText) {
  UnitCounter counter;
  for (const auto* form : {"b", "c", "a", "c", "é", "b"}) counter.add(form);
  EXPECT_THAT(forms(counter.most_frequent(1, 9)), ElementsAre("b", "c", "a", "é"));
  EXPECT_THAT(forms(counter.most_frequent(2, 9)), ElementsAre("b", "c"));
  EXPECT_THAT(forms(counter.most_frequent(1, 1)), ElementsAre("b"));
  EXPECT_EQ(counter.tokens(), 6);
}

TEST(UnitCounter, ForgetsTheRarestWhenFull) {
  UnitCounter counter(3);
  for (const auto* form : {"x", "x", "x", "y", "y", "z"}) counter.add(form);
  EXPECT_EQ(counter.forgotten_up_to(), 0);
  counter.add("w");  // a fourth: z and w were seen once
  EXPECT_EQ(counter.forgotten_up_to(), 1);
  EXPECT_THAT(forms(counter.most_frequent(1, 9)), ElementsAre("x", "y"));
  EXPECT_EQ(counter.tokens(), 7);
}

TEST(UnitCounter, StaysBoundedWhateverComes) {
  UnitCounter counter(100);
  for (int i = 0; i < 10000; ++i) {
    counter.add(std::to_string(i));
    counter.add("often");
    ASSERT_LE(counter.distinct(), 100U);
  }
  EXPECT_EQ(forms(counter.most_frequent(1, 1)), std::vector<std::string>{"often"});
}

TEST(UnitCounter, VeryLongUnitsAreCountedAndNeverLearnt) {
  UnitCounter counter;
  counter.add(std::string(257, 'x'));
  counter.add(std::string(256, 'x'));
  EXPECT_EQ(counter.tokens(), 2);
  EXPECT_EQ(counter.distinct(), 1U);
}

TEST(Vocabulary, IdsBeginAfterTheTwoSpecialOnes) {
  const Vocabulary vocabulary({"b", "a"});
  EXPECT_EQ(vocabulary.id("b"), 2);
  EXPECT_EQ(vocabulary.id("a"), 3);
  EXPECT_EQ(vocabulary.id("c"), 0);
  EXPECT_EQ(vocabulary.id(""), 0);
  EXPECT_EQ(vocabulary.size(), 4);
}

}  // namespace
}  // namespace attune
