// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/quantile.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "attune/core/error.hpp"
#include "support/message_of.hpp"

namespace attune {
namespace {

using testing::message_of;

TEST(Quantile, LiesBetweenTheNearestNumbersInProportion) {
  const std::vector<double> numbers = {1, 2, 4, 8, 16};
  struct Case {
    double share, quantile;
  };
  for (const auto& [share, expected] : {Case{0, 1}, {0.25, 2}, {0.5, 4}, {0.6, 5.6}, {0.125, 1.5}, {1, 16}})
    EXPECT_NEAR(quantile(numbers, share), expected, 1e-14) << share;
  EXPECT_EQ(quantile(std::vector<double>{1, 2}, 0.5), 1.5);
}

TEST(Quantile, OfOneNumberIsThatNumber) {
  const std::vector<double> one = {3};
  for (const double share : {0.0, 0.3, 1.0}) EXPECT_EQ(quantile(one, share), 3);
}

TEST(Quantile, RefusesWhatHasNone) {
  const std::vector<double> none, numbers = {1, 2};
  EXPECT_EQ(message_of<UsageError>([&] { (void)quantile(none, 0.5); }),
            "quantile: there is no number to take it of; give at least one");
  EXPECT_EQ(message_of<UsageError>([&] { (void)quantile(numbers, 1.01); }),
            "quantile: expected a share from 0 to 1, found 1.010000");
  for (const double share : {-0.01, std::nan("")}) EXPECT_THROW((void)quantile(numbers, share), UsageError) << share;
}

}  // namespace
}  // namespace attune
