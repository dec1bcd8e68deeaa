// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/erasure.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "attune/core/error.hpp"
#include "support/message_of.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;

/// Each token that stays adds its worth.
EraseAndScore sum_of(std::vector<double> worth) {
  return [worth = std::move(worth)](std::span<const std::vector<bool>> keeps) {
    std::vector<double> scores;
    for (const auto& keep : keeps) {
      double sum = 0;
      for (size_t t = 0; t < worth.size(); ++t) sum += keep[t] ? worth[t] : 0;
      scores.push_back(sum);
    }
    return scores;
  };
}

/// A number of its own for each subset of at most 60 tokens.
EraseAndScore drawn(uint64_t seed) {
  return [seed](std::span<const std::vector<bool>> keeps) {
    std::vector<double> scores;
    for (const auto& keep : keeps) {
      uint64_t set = 0;
      for (size_t t = 0; t < keep.size(); ++t) set |= static_cast<uint64_t>(keep[t]) << t;
      scores.push_back(RandomKey(seed).uniform(set));
    }
    return scores;
  };
}

TEST(Erasure, OfFourTokensWorkedByHand) {
  // 1, 5, 10 and 20 % of four tokens are one token, 50 % are two; the whole row has 15.
  const auto score = sum_of({8, 4, 2, 1});
  const auto good = erasure_of(std::vector<int64_t>{0, 1, 2, 3}, score);
  EXPECT_DOUBLE_EQ(good.comprehensiveness, (4 * 8 + 12) / 5.0);
  EXPECT_DOUBLE_EQ(good.sufficiency, (4 * 7 + 3) / 5.0);
  const auto bad = erasure_of(std::vector<int64_t>{3, 2, 1, 0}, score);
  EXPECT_DOUBLE_EQ(bad.comprehensiveness, (4 * 1 + 3) / 5.0);
  EXPECT_DOUBLE_EQ(bad.sufficiency, (4 * 14 + 12) / 5.0);

  const auto bounds = erasure_bounds(4, 1, score);
  EXPECT_DOUBLE_EQ(bounds.best.comprehensiveness, good.comprehensiveness);
  EXPECT_DOUBLE_EQ(bounds.best.sufficiency, good.sufficiency);
  EXPECT_DOUBLE_EQ(bounds.worst.comprehensiveness, bad.comprehensiveness);
  EXPECT_DOUBLE_EQ(bounds.worst.sufficiency, bad.sufficiency);

  const auto middle = erasure_of(std::vector<int64_t>{1, 2, 0, 3}, score);
  EXPECT_DOUBLE_EQ(middle.comprehensiveness, (4 * 4 + 6) / 5.0);
  EXPECT_NEAR(*normalized(middle, bounds).comprehensiveness, (22.0 - 7) / (44 - 7), 1e-12);
  EXPECT_NEAR(*normalized(middle, bounds).sufficiency, (68.0 - 53) / (68 - 31), 1e-12);
  EXPECT_DOUBLE_EQ(*normalized(good, bounds).comprehensiveness, 1);
  EXPECT_DOUBLE_EQ(*normalized(bad, bounds).sufficiency, 0);
}

/// Counts the tokens that were erased of rows of any length.
TEST(Erasure, ErasesAShareRoundedUp) {
  struct Case {
    int64_t tokens;
    std::vector<int64_t> erased;  // at 1, 5, 10, 20, 50 %
  };
  const Case cases[] = {
      {1, {1, 1, 1, 1, 1}}, {7, {1, 1, 1, 2, 4}}, {30, {1, 2, 3, 6, 15}}, {200, {2, 10, 20, 40, 100}}};
  for (const auto& [tokens, erased] : cases) {
    std::vector<int64_t> ordering(static_cast<size_t>(tokens));
    std::iota(ordering.begin(), ordering.end(), 0);
    std::vector<int64_t> lost, kept;
    (void)erasure_of(ordering, [&](std::span<const std::vector<bool>> keeps) {
      for (size_t i = 1; i < keeps.size(); i += 2) {
        lost.push_back(std::count(keeps[i].begin(), keeps[i].end(), false));
        kept.push_back(std::count(keeps[i + 1].begin(), keeps[i + 1].end(), true));
      }
      return std::vector<double>(keeps.size());
    });
    EXPECT_EQ(lost, erased) << tokens;
    EXPECT_EQ(kept, erased) << tokens;
  }
}

TEST(Erasure, OrdersByFallingValueAndTiesByPosition) {
  EXPECT_THAT(ordering_of(std::vector<double>{1, 3, -2, 3, 0}), ElementsAre(1, 3, 0, 4, 2));
}

TEST(Erasure, WhatIsNoNumberIsNotOrdered) {
  EXPECT_EQ(testing::message_of<UsageError>([] {
              (void)ordering_of(std::vector<double>{1, std::nan(""), 0});
            }),
            "ordering of tokens: expected numbers, found NaN, which has no place in an order");
}

TEST(Erasure, RoundingIsNoRangeToNormalizeIn) {
  const ErasureBounds bounds{.best = {0.5, 0.1}, .worst = {0.5 - 1e-7, 0.1 + 1e-7}};
  const auto shares = normalized({0.5, 0.1}, bounds);
  EXPECT_FALSE(shares.comprehensiveness);
  EXPECT_FALSE(shares.sufficiency);
}

TEST(Erasure, NothingIsNormalizedWhereAllOrderingsAreEqual) {
  const auto score = sum_of({2, 2, 2});
  const auto shares = normalized(erasure_of(std::vector<int64_t>{0, 1, 2}, score), erasure_bounds(3, 2, score));
  EXPECT_FALSE(shares.comprehensiveness.has_value());
  EXPECT_FALSE(shares.sufficiency.has_value());
}

/// What a search over all orderings finds, for scores without any order in them.
TEST(Erasure, AWideBeamFindsTheBestAndWorstOfAllOrderings) {
  constexpr int64_t kTokens = 6, kSubsetsOfThree = 20;
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const auto score = drawn(seed);
    std::vector<int64_t> ordering(kTokens);
    std::iota(ordering.begin(), ordering.end(), 0);
    std::vector<std::vector<int64_t>> orderings;
    do orderings.push_back(ordering);
    while (std::next_permutation(ordering.begin(), ordering.end()));
    ASSERT_EQ(orderings.size(), 720U);
    std::vector<double> falls, rests;
    for (const auto& figure : erasures_of(orderings, score)) {
      falls.push_back(figure.comprehensiveness);
      rests.push_back(figure.sufficiency);
    }
    const auto bounds = erasure_bounds(kTokens, kSubsetsOfThree, score);
    EXPECT_NEAR(bounds.best.comprehensiveness, *std::max_element(falls.begin(), falls.end()), 1e-12);
    EXPECT_NEAR(bounds.worst.comprehensiveness, *std::min_element(falls.begin(), falls.end()), 1e-12);
    EXPECT_NEAR(bounds.best.sufficiency, *std::min_element(rests.begin(), rests.end()), 1e-12);
    EXPECT_NEAR(bounds.worst.sufficiency, *std::max_element(rests.begin(), rests.end()), 1e-12);

    const auto narrow = erasure_bounds(kTokens, 2, score);
    EXPECT_LE(narrow.best.comprehensiveness, bounds.best.comprehensiveness + 1e-12);
    EXPECT_GE(narrow.worst.comprehensiveness, bounds.worst.comprehensiveness - 1e-12);
  }
}

TEST(Erasure, RandomOrderingsAverageOverTheTokens) {
  const auto figures = random_erasures(4, 2000, RandomKey(1), sum_of({8, 4, 2, 1}));
  ASSERT_EQ(figures.size(), 2000U);
  double mean = 0;
  for (const auto& figure : figures) mean += figure.comprehensiveness / 2000;
  EXPECT_NEAR(mean, (4 * 3.75 + 7.5) / 5, 0.15);  // a token is worth 3.75 on average; 5 standard errors
  const auto again = random_erasures(4, 2, RandomKey(1), sum_of({8, 4, 2, 1}));
  EXPECT_EQ(again[1].comprehensiveness, figures[1].comprehensiveness);
}

TEST(Erasure, RefusesWhatIsNoOrdering) {
  const std::vector<int64_t> twice = {0, 2, 2};
  EXPECT_EQ(testing::message_of<UsageError>([&] {
              (void)erasure_of(twice, sum_of({1, 1, 1}));
            }),
            "ordering of tokens: expected each of the 3 tokens once, from 0 on; found 2 in the place of 1");
  EXPECT_EQ(testing::message_of<UsageError>([&] { (void)erasure_bounds(0, 2, sum_of({})); }),
            "beam search over erasures: expected at least one token and a width of 1");
}

}  // namespace
}  // namespace attune
