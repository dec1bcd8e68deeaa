// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/coverage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

// Confidences .9 right, .8 right, .7 wrong, .6 right, .6 wrong (an unseen label).
const std::vector<double> kProbabilities = {0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.6, 0.4, 0.4, 0.6};
const std::vector<int64_t> kLabels = {0, 1, 1, 0, kUnseenLabel};

std::vector<CoveragePoint> curve(const std::vector<double>& coverages) {
  return coverage_curve(ClassScores(kProbabilities, 2), kLabels, coverages);
}

TEST(CoverageCurve, WorkedByHand) {
  const auto points = curve({0.2, 0.4, 0.5, 0.6});
  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[0].threshold, 0.9);
  EXPECT_EQ(points[0].coverage, 0.2);
  EXPECT_EQ(points[0].accuracy, 1);
  EXPECT_EQ(points[0].rows, 1);
  EXPECT_EQ(points[1].rows, 2);
  EXPECT_EQ(points[2].rows, 3) << "at least the share that is asked for";
  EXPECT_EQ(points[3].threshold, 0.7);
  EXPECT_DOUBLE_EQ(points[3].accuracy, 2.0 / 3);
}

TEST(CoverageCurve, RowsOfEqualConfidenceAreAnsweredTogether) {
  const auto points = curve({0.8, 1});
  EXPECT_EQ(points[0].rows, 5);
  EXPECT_EQ(points[0].coverage, 1);
  EXPECT_EQ(points[0].accuracy, 0.6);
  EXPECT_EQ(points[1].threshold, 0.6);
}

TEST(CoverageCurve, ATinyShareIsOneRow) { EXPECT_EQ(curve({1e-9}).front().rows, 1); }

TEST(CoverageCurve, RefusesSharesThatAreNone) {
  for (const double share : {0.0, -0.5, 1.5}) EXPECT_THROW((void)curve({share}), UsageError) << share;
}

TEST(CoverageCurve, IsAListInJson) {
  const auto json = to_json(std::span<const CoveragePoint>(curve({0.2})));
  EXPECT_EQ(json, (Json::array({{{"threshold", 0.9}, {"coverage", 0.2}, {"accuracy", 1.0}, {"rows", 1}}})));
}

}  // namespace
}  // namespace attune
