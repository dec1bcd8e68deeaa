// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/log_linear_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "attune/metrics/calibration.hpp"

namespace attune {
namespace {

// scipy.optimize.minimize(.., method="L-BFGS-B", bounds=[(.05, 20), (0, 20)]) of the mean of
// -(t * log_softmax(w0 * first + w1 * second)).sum(1), t = (1 - s) * one_hot(labels) + s / 3, in SciPy 1.16.
const std::vector<double> kFirst = {3.0, 0.4,  0.1, -1.9, 0.9,  -0.4, -0.1, -0.6, 1.2,  -0.5, -0.1, 0.9,
                                    2.1, 1.7,  0.1, -0.4, -0.5, -0.3, 1.0,  0.1,  -1.2, -0.2, 2.7,  0.2,
                                    0.2, -0.7, 0.6, -0.2, -0.8, 1.0,  0.7,  2.0,  -0.0, 0.6,  -0.8, -2.4};
const std::vector<double> kSecond = {-0.1, -1.0, 1.1,  -0.1, -0.8, 0.6, -0.4, -1.7, 0.2, -0.6, -0.1, 0.0,
                                     -1.4, -0.3, 1.0,  0.9,  1.1,  1.9, 1.5,  -0.3, 0.8, -1.9, 0.2,  -1.9,
                                     1.8,  1.3,  -0.2, 1.8,  -0.7, 1.0, 0.2,  -1.1, 1.2, 2.7,  -1.0, 0.9};
const std::vector<int64_t> kLabels = {0, 1, 2, 1, 0, 2, 1, 1, 0, 2, 2, 0};

ClassScores first() { return {kFirst, 3}; }
ClassScores second() { return {kSecond, 3}; }

TEST(LogLinearPool, FindsWhatScipyFinds) {
  const auto plain = fit_log_linear_pool(first(), second(), kLabels);
  EXPECT_NEAR(plain.first_weight, 1.01391455, 1e-6);
  EXPECT_NEAR(plain.second_weight, 0.48072789, 1e-6);
  EXPECT_EQ(plain.rows, 12);
  const auto smoothed = fit_log_linear_pool(first(), second(), kLabels, 0.2);
  EXPECT_NEAR(smoothed.first_weight, 0.70100098, 1e-6);
  EXPECT_NEAR(smoothed.second_weight, 0.30315008, 1e-6);
}

TEST(LogLinearPool, LeavesOutAnOpinionThatMisleads) {
  std::vector<double> opposite;
  for (const double score : kSecond) opposite.push_back(-score);
  const auto pool = fit_log_linear_pool(first(), ClassScores(opposite, 3), kLabels);
  EXPECT_EQ(pool.second_weight, 0);
  EXPECT_NEAR(pool.first_weight, 1 / fit_temperature(first(), kLabels).temperature, 1e-6);
}

TEST(LogLinearPool, OneOpinionTwiceIsTheTemperature) {
  const auto pool = fit_log_linear_pool(first(), first(), kLabels);
  EXPECT_NEAR(pool.first_weight + pool.second_weight, 1 / fit_temperature(first(), kLabels).temperature, 1e-5);
}

TEST(LogLinearPool, RowsThatAreAllRightReachALimit) {
  const std::vector<double> sure = {9.0, 0.0, 0.0, 9.0};
  const std::vector<int64_t> labels = {0, 1};
  const auto pool = fit_log_linear_pool(ClassScores(sure, 2), ClassScores(sure, 2), labels);
  EXPECT_TRUE(std::isfinite(pool.first_weight) && std::isfinite(pool.second_weight));
  EXPECT_LE(pool.first_weight, 20);
  EXPECT_GE(9 * (pool.first_weight + pool.second_weight), 9);
}

TEST(LogLinearPool, UnseenLabelsSayNothing) {
  auto values = kFirst, others = kSecond;
  auto labels = kLabels;
  for (int i = 0; i < 3; ++i) values.push_back(50 * i), others.push_back(-50 * i);
  labels.push_back(kUnseenLabel);
  const auto pool = fit_log_linear_pool(ClassScores(values, 3), ClassScores(others, 3), labels);
  EXPECT_NEAR(pool.first_weight, 1.01391455, 1e-6);
  EXPECT_EQ(pool.rows, 12);
  const std::vector<int64_t> none(12, kUnseenLabel);
  const auto nothing = fit_log_linear_pool(first(), second(), none);
  EXPECT_EQ(nothing.first_weight, 1);
  EXPECT_EQ(nothing.second_weight, 0);
  EXPECT_EQ(nothing.rows, 0);
}

/// Labels drawn from a pool of known weights give these weights back.
TEST(LogLinearPool, RecoversTheWeightsThatLabelsWereDrawnWith) {
  constexpr size_t kRows = 20000;
  const RandomKey key = RandomKey(5).with("pool");
  std::vector<double> a, b;
  std::vector<int64_t> labels;
  for (size_t r = 0; r < kRows; ++r) {
    double score[2];
    for (size_t c = 0; c < 2; ++c) {
      a.push_back(2 * key.with("a").normal(2 * r + c));
      b.push_back(2 * key.with("b").normal(2 * r + c));
      score[c] = 0.7 * a.back() + 0.3 * b.back();
    }
    labels.push_back(key.with("label").uniform(r) < 1 / (1 + std::exp(score[0] - score[1])) ? 1 : 0);
  }
  const auto pool = fit_log_linear_pool(ClassScores(a, 2), ClassScores(b, 2), labels);
  EXPECT_NEAR(pool.first_weight, 0.7, 0.03);
  EXPECT_NEAR(pool.second_weight, 0.3, 0.03);
}

TEST(LogLinearPool, RefusesScoresThatDoNotMatch) {
  const std::vector<double> shorter(9, 0.0);
  try {
    (void)fit_log_linear_pool(first(), ClassScores(shorter, 3), kLabels);
    FAIL() << "took other rows";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("found 12 x 3 and 3 x 3"));
  }
}

}  // namespace
}  // namespace attune
