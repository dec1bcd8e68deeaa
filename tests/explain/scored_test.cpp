// SPDX-License-Identifier: Apache-2.0
#include "attune/explain/scored.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace attune {
namespace {

TEST(Scored, IsTheLogOddsOfTheClass) {
  const std::vector<double> scores = {std::log(0.2), std::log(0.5), std::log(0.3)};
  EXPECT_NEAR(scored(scores, 1).probability, 0.5, 1e-12);
  EXPECT_NEAR(scored(scores, 1).score, 0, 1e-12);
  EXPECT_NEAR(scored(scores, 0).score, std::log(0.2 / 0.8), 1e-12);
  EXPECT_NEAR(scored(std::vector<double>{3, 1}, 0).score, 2, 1e-12) << "of two classes the difference";
}

TEST(Scored, StaysFiniteFarOut) {
  const std::vector<double> far = {1000, -1000, 3};
  EXPECT_NEAR(scored(far, 0).score, 997, 1e-9);
  EXPECT_EQ(scored(far, 0).probability, 1);
  EXPECT_NEAR(scored(far, 1).score, -2000, 1e-9);
  EXPECT_EQ(scored(far, 1).probability, 0);
}

TEST(Scored, OfANumberIsTheNumber) {
  EXPECT_EQ(scored(std::vector<double>{-1.5}, {}).score, -1.5);
  EXPECT_TRUE(std::isnan(scored(std::vector<double>{-1.5}, {}).probability));
  EXPECT_THAT(score_slopes(std::vector<double>{-1.5}, {}), ::testing::ElementsAre(1));
}

TEST(Scored, SlopesAreThoseOfCentralDifferences) {
  constexpr double kStep = 1e-6;
  const std::vector<double> scores = {0.3, -1.2, 2.0, 0.0};
  for (int64_t of_class = 0; of_class < 4; ++of_class) {
    const auto slopes = score_slopes(scores, of_class);
    ASSERT_EQ(slopes.size(), 4U);
    for (size_t c = 0; c < 4; ++c) {
      auto up = scores, down = scores;
      up[c] += kStep, down[c] -= kStep;
      EXPECT_NEAR(slopes[c], (scored(up, of_class).score - scored(down, of_class).score) / (2 * kStep), 1e-8);
    }
  }
}

}  // namespace
}  // namespace attune
