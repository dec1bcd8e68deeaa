// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/distribution_distance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "support/message_of.hpp"

namespace attune {
namespace {

using std::numbers::ln2;
using testing::message_of;
using List = std::vector<double>;

TEST(DistributionDistance, OfHandWorkedDistributions) {
  struct Case {
    List a, b;
    double variation, divergence;
  };
  const Case cases[] = {
      {{1}, {1}, 0, 0},
      {{0.2, 0.3, 0.5}, {0.2, 0.3, 0.5}, 0, 0},
      {{1, 0}, {0, 1}, 1, ln2},
      {{0.25, 0.75, 0, 0}, {0, 0, 0.5, 0.5}, 1, ln2},
      // The mean is (3/4, 1/4): half of ln(4/3), and half of 1/2 ln(2/3) + 1/2 ln 2.
      {{1, 0}, {0.5, 0.5}, 0.5, 0.5 * std::log(4.0 / 3) + 0.25 * std::log(2.0 / 3) + 0.25 * ln2},
      // The mean is (1/2, 1/2): twice half of 1/4 ln(1/2) + 3/4 ln(3/2).
      {{0.25, 0.75}, {0.75, 0.25}, 0.5, 0.25 * std::log(0.5) + 0.75 * std::log(1.5)},
      {{0.1, 0.2, 0.7}, {0.1, 0.7, 0.2}, 0.5, 0.2 * std::log(0.2 / 0.45) + 0.7 * std::log(0.7 / 0.45)},
  };
  for (const auto& [a, b, variation, divergence] : cases) {
    EXPECT_NEAR(total_variation(a, b), variation, 1e-15);
    EXPECT_NEAR(jensen_shannon(a, b), divergence, 1e-15);
  }
}

List drawn(RandomKey key, uint64_t size) {
  List shares;
  double sum = 0;
  for (uint64_t i = 0; i < size; ++i) {
    shares.push_back(key.uniform(2 * i) < 0.3 ? 0 : std::pow(key.uniform(2 * i + 1), 5));
    sum += shares.back();
  }
  if (sum == 0) shares[0] = sum = 1;
  for (auto& share : shares) share /= sum;
  return shares;
}

/// The entropy of the mean less the mean of the entropies: Lin's own form.
double by_entropies(const List& a, const List& b) {
  const auto term = [](double share) { return share == 0 ? 0 : -share * std::log(share); };
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += term((a[i] + b[i]) / 2) - (term(a[i]) + term(b[i])) / 2;
  return sum;
}

TEST(DistributionDistance, OfDrawnDistributionsKeepsItsBoundsAndSymmetry) {
  for (uint64_t list = 0; list < 200; ++list) {
    const auto a = drawn(RandomKey(1).with(list), 1 + list % 17), b = drawn(RandomKey(2).with(list), 1 + list % 17);
    const double variation = total_variation(a, b), divergence = jensen_shannon(a, b);
    EXPECT_GE(variation, 0);
    EXPECT_LE(variation, 1);
    EXPECT_NEAR(divergence, by_entropies(a, b), 1e-12) << list;
    EXPECT_LE(divergence, ln2 * variation + 1e-15) << list;            // Lin 1991
    EXPECT_GE(divergence, variation * variation / 2 - 1e-15) << list;  // Pinsker's inequality, of each half
    EXPECT_EQ(total_variation(b, a), variation);
    EXPECT_EQ(jensen_shannon(b, a), divergence);
    EXPECT_EQ(total_variation(a, a), 0);
    EXPECT_EQ(jensen_shannon(a, a), 0);
  }
}

TEST(DistributionDistance, OfRoundedSharesIsThatOfWhatTheyAreSharesOf) {
  const List exact = {0.25, 0.75}, rounded = {0.2502, 0.7506};
  EXPECT_NEAR(total_variation(exact, rounded), 0, 1e-15);
  EXPECT_NEAR(jensen_shannon(exact, rounded), 0, 1e-15);
  EXPECT_EQ(total_variation(List{1.0009, 0}, List{0, 1.0009}), 1);
  EXPECT_EQ(jensen_shannon(List{1.0009, 0}, List{0, 1.0009}), ln2);
  const std::vector<float> floats = {0.1F, 0.2F, 0.7F};
  EXPECT_NEAR(jensen_shannon(floats, List{0.1, 0.2, 0.7}), 0, 1e-14);
}

TEST(DistributionDistance, OfTheSmallestShareIsFinite) {
  const double least = std::numeric_limits<double>::denorm_min();
  EXPECT_NEAR(jensen_shannon(List{1, least}, List{1, 0}), 0, 1e-15);
  EXPECT_NEAR(jensen_shannon(List{1, least}, List{least, 1}), ln2, 1e-15);
}

TEST(DistributionDistance, RefusesWhatIsNoPairOfDistributions) {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  struct Case {
    List a, b;
    std::string message;
  };
  const Case cases[] = {
      {{1}, {0.5, 0.5}, ": expected two distributions over the same things, found 1 and 2 shares"},
      {{}, {1}, ": expected two distributions over the same things, found 0 and 1 shares"},
      {{}, {}, ": there is no share to compare; give at least one of each"},
      {{1.5, -0.5},
       {1, 0},
       ": share 2 of the first distribution: expected a finite number of at least 0, found -0.500000"},
      {{1, 0}, {nan, 1}, ": share 1 of the second distribution: expected a finite number of at least 0, found nan"},
      {{1, 0},
       {0, infinity},
       ": share 2 of the second distribution: expected a finite number of at least 0, found inf"},
      {{0.5, 0.4},
       {1, 0},
       ": the first distribution: expected shares that add up to 1, found a sum of 0.900000; divide them by it"},
      {{1, 0},
       {1, 1},
       ": the second distribution: expected shares that add up to 1, found a sum of 2.000000; divide them by it"},
      {{0, 0},
       {1, 0},
       ": the first distribution: expected shares that add up to 1, found a sum of 0.000000; divide them by it"},
      {{1, 0},
       {1.002, 0},
       ": the second distribution: expected shares that add up to 1, found a sum of 1.002000; divide them by it"},
  };
  for (const auto& [a, b, message] : cases) {
    EXPECT_EQ(message_of<UsageError>([&] { (void)total_variation(a, b); }), "total variation" + message);
    EXPECT_EQ(message_of<UsageError>([&] { (void)jensen_shannon(a, b); }), "Jensen-Shannon divergence" + message);
  }
}

}  // namespace
}  // namespace attune
