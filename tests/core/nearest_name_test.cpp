// SPDX-License-Identifier: Apache-2.0
#include "attune/core/nearest_name.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace attune {
namespace {

using Names = std::vector<std::string>;

struct Case {
  std::string name;
  Names candidates;
  std::string expected;
};

class NearestName : public ::testing::TestWithParam<Case> {};

TEST_P(NearestName, IsTheClosestWithinAThird) {
  EXPECT_EQ(nearest_name(GetParam().name, GetParam().candidates), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Cases, NearestName,
                         ::testing::Values(Case{"learning_rate", {"layers", "learning_rate"}, "learning_rate"},
                                           Case{"learnign_rate", {"layers", "learning_rate"}, "learning_rate"},
                                           Case{"Epochs", {"epoch", "epochs"}, "epochs"},  // case is free
                                           Case{"swpa", {"swap"}, "swap"},                 // one swap, not two edits
                                           Case{"abcdef", {"abcxyz"}, ""},                 // 3 of 6: too far
                                           Case{"abcdef", {"abcdxy"}, "abcdxy"},           // 2 of 6: near
                                           Case{"ab", {"ax"}, "ax"},                       // short: 1 is allowed
                                           Case{"ab", {"xy"}, ""},                         //
                                           Case{"", {"a"}, "a"},                           //
                                           Case{"", {"ab"}, ""},                           //
                                           Case{"width", {"depth", "widths", "widht"}, "widths"},  // equals: the first
                                           Case{"", {"\u200B"}, "\u200B"},                         // nothing to be seen
                                           Case{"text", {"te\u200Bxt"}, "te\u200Bxt"},             // looks the same
                                           Case{"txet", {"\uFEFFte\u200B\u200Bxt"}, "\uFEFFte\u200B\u200Bxt"},
                                           Case{"x", {}, ""}));

TEST(Suggestion, NamesTheNearestOrAllOrNone) {
  EXPECT_EQ(suggestion("epoch", Names{"epochs", "width"}), " (did you mean \"epochs\"?)");
  EXPECT_EQ(suggestion("colour", Names{"epochs", "width"}), " (known: epochs, width)");
  EXPECT_EQ(suggestion("colour", Names{}), " (there are none)");
}

TEST(Suggestion, NamesWhatCannotBeSeen) {
  EXPECT_EQ(suggestion("text", Names{"te\u200Bxt", "label"}),
            " (did you mean \"te\\u200Bxt\"? That name holds the invisible character \\u200B)");
  EXPECT_EQ(suggestion("text", Names{"\uFEFFte\u200Bxt"}),
            " (did you mean \"\\uFEFFte\\u200Bxt\"? That name holds the invisible characters \\uFEFF, \\u200B)");
  EXPECT_EQ(suggestion("te\u200Bxt", Names{"text"}),
            " (did you mean \"text\"? What was given holds the invisible character \\u200B)");
  EXPECT_EQ(suggestion("my column", Names{"my\u00A0column"}),
            " (did you mean \"my\\u00A0column\"? That name holds the invisible character \\u00A0)");
  EXPECT_EQ(suggestion("colour", Names{"te\u200Bxt"}), " (known: te\\u200Bxt)");
}

}  // namespace
}  // namespace attune
