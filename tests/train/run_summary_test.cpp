// SPDX-License-Identifier: Apache-2.0
#include "run_summary.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace attune::testing {
namespace {

constexpr double kWorst = -std::numeric_limits<double>::infinity();

RunRecord run_with(const Json& metrics, TrainEnd end = TrainEnd::kFinished) {
  return {.id = {.seed = 1}, .end = end, .best_epoch = 1, .metrics = metrics};
}

Json classes(double accuracy, const Json& loss) {
  return {{"output", "grade"}, {"rows", 40}, {"accuracy", accuracy}, {"negative_log_likelihood", loss}};
}
Json numbers(double r2) { return {{"output", "price"}, {"rows", 40}, {"mean_squared_error", 9.0}, {"r2", r2}}; }

TEST(RunSummary, KeepsOfMetricsWhatRunsAreComparedBy) {
  Json metrics = classes(0.75, 0.5);
  metrics.update({{"temperature", 1.5}, {"confusion", Json::array()}, {"baselines", Json::array()}});
  EXPECT_EQ(figures_of(metrics), classes(0.75, 0.5));
}

TEST(RunSummary, IsTheSpreadOfEachFigureOfEachOutput) {
  const auto summary = summary_of({run_with(Json::array({classes(0.5, 1.0), numbers(0.25)})),
                                   run_with(Json::array({classes(1.0, 3.0), numbers(0.75)}))});
  ASSERT_EQ(summary.size(), 2U);
  EXPECT_EQ(summary[0].at("output"), "grade");
  EXPECT_EQ(summary[0].at("runs"), 2);
  EXPECT_EQ(summary[0].at("accuracy").at("mean"), 0.75);
  EXPECT_EQ(summary[0].at("negative_log_likelihood").at("mean"), 2.0);
  EXPECT_FALSE(summary[0].contains("r2"));
  EXPECT_EQ(summary[1].at("output"), "price");
  EXPECT_EQ(summary[1].at("r2").at("mean"), 0.5);
  EXPECT_EQ(summary[1].at("mean_squared_error").at("standard_deviation"), 0.0);
}

TEST(RunSummary, LeavesOutAFigureThatSomeRunHasNot) {
  for (const Json& none : {Json(nullptr), Json(std::numeric_limits<double>::infinity())}) {
    const auto summary =
        summary_of({run_with(Json::array({classes(0.5, 1.0)})), run_with(Json::array({classes(1.0, none)}))});
    EXPECT_FALSE(summary[0].contains("negative_log_likelihood")) << none;
    EXPECT_TRUE(summary[0].contains("accuracy"));
  }
}

TEST(RunSummary, CountsNoRunThatFailed) {
  const auto good = run_with(Json::array({classes(0.5, 1.0)}));
  const auto failed = run_with(Json::array({classes(0.1, 9.0)}), TrainEnd::kNotFinite);
  const auto summary = summary_of({failed, good, run_with(Json::array(), TrainEnd::kNotFinite)});
  EXPECT_EQ(summary[0].at("runs"), 1);
  EXPECT_EQ(summary[0].at("accuracy").at("mean"), 0.5);
  EXPECT_EQ(summary_of({failed}), Json::array());
  EXPECT_EQ(summary_of({}), Json::array());
}

TEST(RunScore, PrefersLowLossOrHighMetric) {
  const Json sure = Json::array({classes(0.8, 0.3)}), right = Json::array({classes(0.9, 0.6)});
  EXPECT_GT(run_score(sure, "loss"), run_score(right, "loss"));
  EXPECT_GT(run_score(sure, "last"), run_score(right, "last"));
  EXPECT_LT(run_score(sure, "metric"), run_score(right, "metric"));
  EXPECT_GT(run_score(Json::array({numbers(0.9)}), "loss"), run_score(Json::array({numbers(0.8)}), "loss"));
  EXPECT_GT(run_score(Json::array({numbers(0.9)}), "metric"), run_score(Json::array({numbers(0.8)}), "metric"));
}

TEST(RunScore, AddsUpOutputs) {
  EXPECT_DOUBLE_EQ(run_score(Json::array({classes(0.8, 0.3), numbers(0.75)}), "loss"), -0.3 - 0.25);
  EXPECT_DOUBLE_EQ(run_score(Json::array({classes(0.8, 0.3), numbers(0.75)}), "metric"), 0.8 + 0.75);
}

TEST(RunScore, OfWhatWasNotMeasuredIsTheWorst) {
  EXPECT_EQ(run_score(Json::array(), "loss"), kWorst);
  EXPECT_EQ(run_score(Json::array({classes(0.8, nullptr)}), "loss"), kWorst);
}

}  // namespace
}  // namespace attune::testing
