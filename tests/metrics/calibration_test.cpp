// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/calibration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;

std::vector<int64_t> sizes(const std::vector<ReliabilityBin>& bins) {
  std::vector<int64_t> rows;
  for (const auto& bin : bins) rows.push_back(bin.rows);
  return rows;
}

std::vector<int64_t> sizes_for(const std::vector<double>& confidence, int64_t bins) {
  return sizes(reliability_bins(confidence, std::vector<uint8_t>(confidence.size(), 1), bins));
}

TEST(ReliabilityBins, WorkedByHand) {
  const std::vector<double> confidence = {0.9, 0.5, 0.8, 0.6, 1.0, 0.7};
  const std::vector<uint8_t> correct = {1, 0, 1, 1, 1, 0};
  const auto bins = reliability_bins(confidence, correct, 3);
  ASSERT_EQ(bins.size(), 3U);  // {0.5 wrong, 0.6 right}, {0.7 wrong, 0.8 right}, {0.9 right, 1.0 right}
  EXPECT_EQ(bins[0].lowest, 0.5);
  EXPECT_EQ(bins[0].highest, 0.6);
  EXPECT_DOUBLE_EQ(bins[0].mean_confidence, 0.55);
  EXPECT_EQ(bins[0].accuracy, 0.5);
  EXPECT_EQ(bins[0].rows, 2);
  EXPECT_DOUBLE_EQ(bins[2].mean_confidence, 0.95);
  EXPECT_EQ(bins[2].accuracy, 1);
  EXPECT_NEAR(expected_calibration_error(bins), (0.05 + 0.25 + 0.05) / 3, 1e-15);
}

TEST(ReliabilityBins, HaveEqualMass) {
  std::vector<double> confidence(47);
  for (size_t i = 0; i < confidence.size(); ++i) confidence[i] = static_cast<double>(i) / 47;
  const auto rows = sizes_for(confidence, 15);
  ASSERT_EQ(rows.size(), 15U);
  EXPECT_THAT(rows, ::testing::Each(::testing::AnyOf(3, 4)));
}

TEST(ReliabilityBins, NeverPartEqualRows) {
  EXPECT_THAT(sizes_for({0.5, 0.5, 0.5, 0.5, 0.9, 1}, 3), ElementsAre(4, 2));
  EXPECT_THAT(sizes_for({0.1, 0.5, 0.5, 0.5, 0.5, 1}, 3), ElementsAre(5, 1));
  EXPECT_THAT(sizes_for({0.5, 0.5, 0.5}, 15), ElementsAre(3));
}

TEST(ReliabilityBins, FewerRowsThanBins) {
  EXPECT_THAT(sizes_for({0.3}, 15), ElementsAre(1));
  EXPECT_THAT(sizes_for({0.3, 0.2, 0.9}, 15), ElementsAre(1, 1, 1));
  EXPECT_THAT(sizes_for({0.3, 0.3, 0.9}, 1'000'000'000'000), ElementsAre(2, 1));
}

TEST(ReliabilityBins, OfClassScoresCountUnseenAsWrong) {
  const std::vector<double> p = {0.6, 0.4, 0.3, 0.7, 0.8, 0.2};
  const auto bins = reliability_bins(ClassScores(p, 2), std::vector<int64_t>{0, 1, -1}, 1);
  ASSERT_EQ(bins.size(), 1U);
  EXPECT_DOUBLE_EQ(bins[0].accuracy, 2.0 / 3);
  EXPECT_DOUBLE_EQ(bins[0].mean_confidence, 0.7);
}

TEST(ReliabilityBins, DoNotDependOnTheOrderOfRows) {
  const RandomKey key(1);
  std::vector<double> confidence(200);
  std::vector<uint8_t> correct(200);
  for (uint64_t i = 0; i < 200; ++i) {
    confidence[i] = std::round(key.uniform(i) * 64) / 64;  // many equal ones, and sums without rounding
    correct[i] = key.uniform(1000 + i) < 0.5 ? 1 : 0;
  }
  const auto forward = reliability_bins(confidence, correct);
  std::reverse(confidence.begin(), confidence.end());
  std::reverse(correct.begin(), correct.end());
  EXPECT_EQ(to_json(forward), to_json(reliability_bins(confidence, correct)));
  EXPECT_GT(forward.size(), 5U);
}

// Outcomes drawn with the stated confidence: the error is what chance leaves, about 0.8 / sqrt(rows per bin) * spread.
TEST(ReliabilityBins, CalibratedPredictionsHaveASmallError) {
  const RandomKey key(2);
  constexpr uint64_t kRows = 30'000;
  std::vector<double> confidence(kRows);
  std::vector<uint8_t> right(kRows), half(kRows);
  for (uint64_t i = 0; i < kRows; ++i) {
    confidence[i] = 0.5 + key.uniform(i) / 2;
    right[i] = key.uniform(kRows + i) < confidence[i] ? 1 : 0;
    half[i] = key.uniform(2 * kRows + i) < 0.5 ? 1 : 0;
  }
  EXPECT_LT(expected_calibration_error(reliability_bins(confidence, right)), 0.02);
  EXPECT_NEAR(expected_calibration_error(reliability_bins(confidence, half)), 0.25, 0.02);
}

TEST(ReliabilityBins, RefuseNonsense) {
  const std::vector<double> none, one = {0.5}, high = {1.5};
  const std::vector<uint8_t> no_outcome, outcome = {1};
  EXPECT_THROW((void)reliability_bins(none, no_outcome), UsageError);
  EXPECT_THROW((void)reliability_bins(one, no_outcome), UsageError);
  EXPECT_THROW((void)reliability_bins(one, outcome, 0), UsageError);
  EXPECT_THROW((void)reliability_bins(high, outcome), UsageError);
  EXPECT_THROW((void)expected_calibration_error({}), UsageError);
}

TEST(Softmax, SumsToOneAndDividesByTheTemperature) {
  const std::vector<double> logits = {0, std::log(3.0), 1000, 1000, -1000, 0};
  const auto p = softmax(ClassScores(logits, 2));
  EXPECT_THAT(p, ElementsAre(::testing::DoubleEq(0.25), ::testing::DoubleEq(0.75), 0.5, 0.5, 0.0, 1.0));
  const auto warm = softmax(ClassScores(logits, 2), 2);
  EXPECT_DOUBLE_EQ(warm[1] / warm[0], std::sqrt(3.0));
  EXPECT_THROW((void)softmax(ClassScores(logits, 2), 0), UsageError);
  EXPECT_THROW((void)softmax(ClassScores(logits, 2), std::nan("")), UsageError);
}

}  // namespace
}  // namespace attune
