// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "attune/data/column_profile.hpp"

namespace attune::testing {
namespace {

TEST(Numbers, AreWhatAPersonWouldReadAsOne) {
  const std::pair<const char*, std::optional<double>> cases[] = {
      {"0", 0.0},
      {"42", 42.0},
      {"-42", -42.0},
      {"+42", 42.0},
      {"3.25", 3.25},
      {".5", 0.5},
      {"5.", 5.0},
      {"-.5", -0.5},
      {"1e3", 1000.0},
      {"1E-3", 0.001},
      {" 7\t", 7.0},
      {"007", 7.0},
      {"1e308", 1e308},
      {"1e-400", 0.0},
      {"1e400", std::nullopt},
      {"", std::nullopt},
      {" ", std::nullopt},
      {"nan", std::nullopt},
      {"-inf", std::nullopt},
      {"inf", std::nullopt},
      {"1,5", std::nullopt},
      {"0x10", std::nullopt},
      {"1e", std::nullopt},
      {"--1", std::nullopt},
      {"+-1", std::nullopt},
      {"1 2", std::nullopt},
      {".", std::nullopt},
      {"-", std::nullopt},
      {"e5", std::nullopt},
      {"5%", std::nullopt},
      {"１", std::nullopt},
      {"infinity", std::nullopt},
      {"1.2.3", std::nullopt},
  };
  for (const auto& [cell, expected] : cases) EXPECT_EQ(parse_number(cell), expected) << '"' << cell << '"';
}

TEST(Numbers, RoundTripThroughTheirShortestText) {
  for (const double value : {0.1, 1.0 / 3, 1e-310, 123456789.123456789, std::numeric_limits<double>::max()}) {
    char text[64];
    snprintf(text, sizeof text, "%.17g", value);
    EXPECT_EQ(parse_number(text), value) << text;
  }
}

TEST(Numbers, NegativeZeroKeepsItsSign) {
  const auto zero = parse_number("-0");
  ASSERT_TRUE(zero.has_value());
  EXPECT_TRUE(std::signbit(*zero));
}

TEST(Numbers, WordsForAMissingOne) {
  for (const auto* word : {"", " ", "NA", "n/a", "N/A", "nan", "NaN", "NULL", "?", "-", " na "}) {
    EXPECT_TRUE(is_missing_number(word)) << '"' << word << '"';
  }
  for (const auto* word : {"0", "none", "nano", "--", "n.a.", "x", "a long cell"}) {
    EXPECT_FALSE(is_missing_number(word)) << '"' << word << '"';
  }
}

}  // namespace
}  // namespace attune::testing
