// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/kendall_tau.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "support/message_of.hpp"

namespace attune {
namespace {

/// By its definition, pair by pair.
double tau_of_pairs(const std::vector<double>& a, const std::vector<double>& b) {
  const auto sign = [](double x) { return (x > 0) - (x < 0); };
  double agreeing = 0, ordered_a = 0, ordered_b = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = i + 1; j < a.size(); ++j) {
      const int by_a = sign(a[i] - a[j]), by_b = sign(b[i] - b[j]);
      agreeing += by_a * by_b, ordered_a += by_a != 0, ordered_b += by_b != 0;
    }
  }
  return agreeing / std::sqrt(ordered_a * ordered_b);
}

TEST(KendallTau, OfHandWorkedLists) {
  struct Case {
    std::vector<double> a, b;
    double tau;
  };
  const Case cases[] = {
      {{1, 2, 3}, {10, 20, 30}, 1},
      {{1, 2, 3}, {3, 2, 1}, -1},
      {{1, 2, 3}, {1, 3, 2}, 1.0 / 3},                       // two pairs agree, one does not
      {{1, 2, 3, 4}, {1, 1, 2, 2}, 4 / std::sqrt(6.0 * 4)},  // two pairs tied in the second
      {{1, 1, 2}, {1, 2, 2}, 1 / std::sqrt(2.0 * 2)},
  };
  for (const auto& [a, b, tau] : cases) EXPECT_NEAR(kendall_tau(a, b), tau, 1e-12);
}

TEST(KendallTau, IsThatOfItsDefinitionOnDrawnListsWithTies) {
  for (uint64_t list = 0; list < 50; ++list) {
    const auto key = RandomKey(3).with(list);
    std::vector<double> a, b;
    for (uint64_t i = 0; i < 2 + 3 * list; ++i) {
      a.push_back(std::floor(10 * key.uniform(2 * i)));
      b.push_back(std::floor(4 * key.uniform(2 * i + 1)) + a.back() / 4);
    }
    const double expected = tau_of_pairs(a, b);
    if (std::isnan(expected)) continue;  // two equal values
    EXPECT_NEAR(kendall_tau(a, b), expected, 1e-12) << list;
    EXPECT_NEAR(kendall_tau(b, a), expected, 1e-12) << list;
  }
}

TEST(KendallTau, OfNothingToOrderIsNoNumber) {
  const std::vector<double> none, one = {1}, equal = {2, 2, 2}, rising = {1, 2, 3};
  EXPECT_TRUE(std::isnan(kendall_tau(none, none)));
  EXPECT_TRUE(std::isnan(kendall_tau(one, one)));
  EXPECT_TRUE(std::isnan(kendall_tau(equal, rising)));
}

TEST(KendallTau, RefusesListsOfDifferentLength) {
  const std::vector<double> one = {1}, two = {1, 2};
  EXPECT_EQ(testing::message_of<UsageError>([&] { (void)kendall_tau(one, two); }),
            "Kendall's tau: expected two lists of the same length, found 1 and 2");
}

TEST(KendallTau, RefusesWhatHasNoPlaceInAnOrder) {
  const std::vector<double> numbers = {1, 2, 3}, unknown = {1, std::nan(""), 3};
  const std::string message = "Kendall's tau: expected numbers, found NaN, which has no place in an order";
  EXPECT_EQ(testing::message_of<UsageError>([&] { (void)kendall_tau(numbers, unknown); }), message);
  EXPECT_EQ(testing::message_of<UsageError>([&] { (void)kendall_tau(unknown, numbers); }), message);
}

}  // namespace
}  // namespace attune
