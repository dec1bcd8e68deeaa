// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "attune/core/error.hpp"
#include "support/message_of.hpp"

namespace attune {
namespace {

using Values = std::vector<double>;
using testing::message_of;

/// `ones` rows of 1 and `zeros` of 0, mixed.
Values shares(int64_t ones, int64_t zeros) {
  Values values;
  for (int64_t i = 0; i < ones + zeros; ++i) values.push_back(i * 7919 % (ones + zeros) < ones ? 1 : 0);
  return values;
}

/// The least k with P(Binomial(n, p) <= k) >= share: a resample of rows that are 1 or 0 has that many ones.
int64_t binomial_quantile(int64_t n, double p, double share) {
  double term = std::pow(1 - p, static_cast<double>(n)), sum = term;
  int64_t k = 0;
  while (sum < share) {
    term *= static_cast<double>(n - k) / static_cast<double>(k + 1) * p / (1 - p);
    sum += term;
    ++k;
  }
  return k;
}

TEST(PairedBootstrap, OfSharesIsTheBinomialDistribution) {
  for (const int64_t ones : {5, 30, 80}) {
    const int64_t n = 100;
    const Values first = shares(ones, n - ones), second(static_cast<size_t>(n), 0);
    const auto found = paired_bootstrap(first, second, RandomKey(1), 20'000);
    const double p = static_cast<double>(ones) / static_cast<double>(n);
    EXPECT_DOUBLE_EQ(found.difference, p);
    // Each quantile is itself measured on draws, and may come out one row off.
    EXPECT_NEAR(found.low, static_cast<double>(binomial_quantile(n, p, 0.025)) / static_cast<double>(n), 0.0101);
    EXPECT_NEAR(found.high, static_cast<double>(binomial_quantile(n, p, 0.975)) / static_cast<double>(n), 0.0101);
  }
}

TEST(PairedBootstrap, CoversTheTruthAsOftenAsItSays) {
  // 400 samples of 100 pairs each, whose scores share a part; the true difference is 0.3. With 95 % coverage the count
  // is Binomial(400, 0.95), of deviation 4.4; the percentile interval covers slightly less.
  int covered = 0;
  double width = 0;
  for (uint64_t sample = 0; sample < 400; ++sample) {
    const auto key = RandomKey(11).with(sample);
    Values first, second;
    for (uint64_t i = 0; i < 100; ++i) {
      const double shared = 10 * key.normal(3 * i);
      first.push_back(shared + 0.3 + key.normal(3 * i + 1));
      second.push_back(shared + key.normal(3 * i + 2));
    }
    const auto found = paired_bootstrap(first, second, key);
    covered += found.low <= 0.3 && 0.3 <= found.high ? 1 : 0;
    width += (found.high - found.low) / 400;
  }
  EXPECT_GE(covered, 362);
  EXPECT_LE(covered, 394);
  EXPECT_NEAR(width, 2 * 1.96 * std::sqrt(2.0 / 100), 0.02);  // the shared part cancels, for pairs are drawn
}

TEST(PairedBootstrap, ManyRowsAreDrawnInParts) {
  const Values first = shares(12'000, 28'000), second(40'000, 0);
  const auto found = paired_bootstrap(first, second, RandomKey(2));
  const double deviation = std::sqrt(0.3 * 0.7 / 40'000);
  EXPECT_NEAR(found.low, 0.3 - 1.96 * deviation, 0.2 * deviation);
  EXPECT_NEAR(found.high, 0.3 + 1.96 * deviation, 0.2 * deviation);
}

TEST(PairedBootstrap, IsReproducible) {
  const Values first = shares(30, 20), second = shares(25, 25);
  const auto a = paired_bootstrap(first, second, RandomKey(1)), b = paired_bootstrap(first, second, RandomKey(1));
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  const auto reversed = paired_bootstrap(second, first, RandomKey(1));
  EXPECT_DOUBLE_EQ(reversed.low, -a.high);
  EXPECT_DOUBLE_EQ(reversed.high, -a.low);
  Values spread;
  for (uint64_t i = 0; i < 40; ++i) spread.push_back(RandomKey(3).normal(i));
  const Values none(40, 0);
  EXPECT_NE(paired_bootstrap(spread, none, RandomKey(1)).low, paired_bootstrap(spread, none, RandomKey(2)).low);
}

TEST(PairedBootstrap, EqualDifferencesHaveNoWidth) {
  for (const size_t rows : {size_t{1}, size_t{9}}) {
    const auto found = paired_bootstrap(Values(rows, 0.75), Values(rows, 0.5), RandomKey(1));
    EXPECT_EQ(found.difference, 0.25);
    EXPECT_EQ(found.low, 0.25);
    EXPECT_EQ(found.high, 0.25);
  }
}

TEST(PairedBootstrap, SumsThatOverflowAreNotFinite) {
  const Values large(20, 1.5e308), none(20, 0);
  EXPECT_FALSE(std::isfinite(paired_bootstrap(large, none, RandomKey(1)).difference));
}

TEST(PairedBootstrap, RefusesNonsense) {
  const auto message = [](const Values& first, const Values& second, int64_t draws = 10) {
    return message_of<UsageError>([&] { (void)paired_bootstrap(first, second, RandomKey(1), draws); });
  };
  EXPECT_EQ(message({}, {}), "bootstrap: there is no row to draw; give at least one");
  EXPECT_EQ(message({1}, {1, 2}), "bootstrap: expected two scores for each row, found 1 and 2");
  EXPECT_EQ(message({1, 2}, {1, std::numeric_limits<double>::infinity()}),
            "bootstrap: row 2: expected finite scores, found 2.000000 and inf");
  EXPECT_EQ(message({1}, {1}, 0), "bootstrap: 0 draws, expected at least 1");
}

}  // namespace
}  // namespace attune
