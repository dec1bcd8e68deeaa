// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/regression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

using Values = std::vector<double>;

// scikit-learn 1.9.1:  t = [3, -0.5, 2, 7]; q = [2.5, 0, 2, 8]
// mean_squared_error(t, q), mean_squared_error(t, q)**.5, mean_absolute_error(t, q), r2_score(t, q)
TEST(RegressionMetrics, AreThoseOfScikitLearn) {
  const Values target = {3, -0.5, 2, 7}, predicted = {2.5, 0, 2, 8};
  const auto m = regression_metrics(predicted, target);
  EXPECT_EQ(m.rows, 4);
  EXPECT_DOUBLE_EQ(m.mean_squared_error, 0.375);
  EXPECT_DOUBLE_EQ(m.root_mean_squared_error, 0.6123724356957945);
  EXPECT_DOUBLE_EQ(m.mean_absolute_error, 0.5);
  EXPECT_DOUBLE_EQ(m.r2, 0.9486081370449679);
  EXPECT_EQ(to_json(m).dump(), R"({"rows":4,"mean_squared_error":0.375,"root_mean_squared_error":0.6123724356957945,)"
                               R"("mean_absolute_error":0.5,"r2":0.9486081370449679})");
}

TEST(RegressionMetrics, R2OfAConstantTarget) {
  const Values constant = {0.1, 0.1, 0.1};  // the mean of these is not quite 0.1
  EXPECT_EQ(regression_metrics(constant, constant).r2, 1);
  EXPECT_EQ(regression_metrics(Values{0.1, 0.1, 0.2}, constant).r2, 0);
  EXPECT_EQ(regression_metrics(Values{5}, Values{5}).r2, 1);
  EXPECT_EQ(regression_metrics(Values{5}, Values{6}).r2, 0);
}

TEST(RegressionMetrics, R2IsZeroForTheMeanAndBelowForWorse) {
  const Values target = {1, 2, 3};
  EXPECT_EQ(regression_metrics(Values{2, 2, 2}, target).r2, 0);
  EXPECT_EQ(regression_metrics(Values{3, 2, 1}, target).r2, -3);
}

TEST(RegressionMetrics, ALargeMeanDoesNotSwallowTheSpread) {
  EXPECT_DOUBLE_EQ(regression_metrics(Values{1e9, 1e9 + 1, 1e9 + 3}, Values{1e9, 1e9 + 1, 1e9 + 2}).r2, 0.5);
}

TEST(RegressionMetrics, FloatsAreReadAsDoubles) {
  const std::vector<float> predicted = {1.5F, 2};
  EXPECT_DOUBLE_EQ(regression_metrics(predicted, Values{1, 2}).mean_squared_error, 0.125);
}

std::string message_of(const Values& predicted, const Values& target) {
  try {
    (void)regression_metrics(predicted, target);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(RegressionMetrics, RefuseNonsense) {
  EXPECT_EQ(message_of({}, {}), "regression: there is no row to measure; give at least one");
  EXPECT_EQ(message_of({1}, {1, 2}), "regression: expected one prediction for each of 2 rows, found 1");
  EXPECT_EQ(message_of({1, std::nan("")}, {1, 2}), "predicted numbers: row 2: expected a finite number, found nan");
  EXPECT_EQ(message_of({1}, {std::numeric_limits<double>::infinity()}),
            "target numbers: row 1: expected a finite number, found inf");
}

}  // namespace
}  // namespace attune
