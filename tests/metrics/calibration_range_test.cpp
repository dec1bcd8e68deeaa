// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/calibration_range.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/metrics/calibration.hpp"

namespace attune {
namespace {

/// numpy.linspace(first, last, rows)
std::vector<double> evenly(double first, double last, size_t rows) {
  std::vector<double> numbers;
  for (size_t i = 0; i < rows; ++i)
    numbers.push_back(first + (last - first) * static_cast<double>(i) / static_cast<double>(rows - 1));
  return numbers;
}

TEST(CalibrationErrorRange, IsThatOfManyDrawsInNumpy) {
  // 40,000 times: sum(abs((rng.rand(len(b)) < b).sum() - b.sum()) for b in bins) / 300, bins of 20 of linspace(.5, .99)
  const auto range = calibration_error_range(evenly(0.5, 0.99, 300), RandomKey(1));
  EXPECT_NEAR(range.low, 0.0457, 0.002);
  EXPECT_NEAR(range.high, 0.1014, 0.003);
}

TEST(CalibrationErrorRange, OneRowIsRightOrWrong) {
  const std::vector<double> even = {0.5};
  const auto range = calibration_error_range(even, RandomKey(1));
  EXPECT_EQ(range.low, 0.5);
  EXPECT_EQ(range.high, 0.5);
}

TEST(CalibrationErrorRange, NarrowsWithTheRows) {
  const auto few = calibration_error_range(evenly(0.5, 1, 100), RandomKey(1));
  const auto many = calibration_error_range(evenly(0.5, 1, 10000), RandomKey(1));
  EXPECT_GT(few.low, many.high);
  EXPECT_GT(many.low, 0);
}

TEST(CalibrationErrorRange, CertaintyLeavesNoError) {
  const auto range = calibration_error_range(std::vector<double>(50, 1.0), RandomKey(1));
  EXPECT_EQ(range.high, 0);
}

/// Of models that are perfectly calibrated, 95 of 100 lie within.
TEST(CalibrationErrorRange, HoldsWhatItSays) {
  const auto confidence = evenly(0.4, 0.98, 500);
  const auto range = calibration_error_range(confidence, RandomKey(1));
  int within = 0;
  constexpr int kModels = 2000;
  for (int model = 0; model < kModels; ++model) {
    const auto key = RandomKey(99).with(static_cast<uint64_t>(model));
    std::vector<uint8_t> correct;
    for (size_t row = 0; row < confidence.size(); ++row) correct.push_back(key.uniform(row) < confidence[row] ? 1 : 0);
    const double error = expected_calibration_error(reliability_bins(confidence, correct));
    within += error >= range.low && error <= range.high ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(within) / kModels, 0.95, 0.02);
}

TEST(CalibrationErrorRange, OrderDoesNotMatterAndTheKeyDoes) {
  auto confidence = evenly(0.5, 0.99, 40);
  const auto range = calibration_error_range(confidence, RandomKey(1));
  std::swap(confidence[3], confidence[30]);
  EXPECT_EQ(calibration_error_range(confidence, RandomKey(1)).high, range.high);
  EXPECT_NE(calibration_error_range(confidence, RandomKey(2)).high, range.high);
}

TEST(CalibrationErrorRange, RefusesNoRows) {
  EXPECT_THROW((void)calibration_error_range(std::vector<double>{}, RandomKey(1)), UsageError);
}

}  // namespace
}  // namespace attune
