// SPDX-License-Identifier: Apache-2.0
#include "attune/train/evaluation.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

std::vector<std::string> row(const std::string& grade, const std::string& price) {
  return {"word", "Delft", "1", "2", grade, price};
}

/// Prices of mean 20 and deviation 10; grades a and b.
Model price_model(const std::vector<std::string>& outputs = {"grade", "price"}) {
  const auto table = make_table(mixed_columns(), {row("a", "10"), row("b", "30")});
  return fresh_model(*table, mixed_schema(outputs));
}

const float kLogThree = std::log(3.0F);  // odds of three to one: probabilities 0.75 and 0.25

TEST(Evaluate, MeasuresClassesByHand) {
  auto model = price_model({"grade"});
  answer_always(model, 0, {kLogThree, 0});
  const auto table = make_table(mixed_columns(), {row("a", "1"), row("a", "1"), row("b", "1"), row("unseen", "1")});
  const auto all = evaluate(model, labelled(model, table), *make_executor(1));
  ASSERT_EQ(all.size(), 1U);
  const auto& metrics = all[0];
  EXPECT_EQ(metrics["output"], "grade");
  EXPECT_EQ(metrics["type"], "category");
  EXPECT_EQ(metrics["rows"], 4);
  EXPECT_EQ(metrics["unseen_labels"], 1);
  EXPECT_NEAR(metrics["accuracy"], 0.5, 1e-12) << "an unseen label counts as wrong";
  const double nll = -(2 * std::log(0.75) + std::log(0.25)) / 3;
  EXPECT_NEAR(metrics["negative_log_likelihood"], nll, 1e-6);
  EXPECT_NEAR(metrics["brier_score"], (2 * 2 * 0.0625 + 2 * 0.5625) / 3, 1e-6);
  EXPECT_NEAR(metrics["expected_calibration_error"], 0.25, 1e-6);
  EXPECT_EQ(metrics["temperature"], 1.0);
  EXPECT_NEAR(metrics["uncalibrated"]["negative_log_likelihood"], nll, 1e-6);
  EXPECT_FALSE(metrics["reliability"].empty());
  // Four rows of confidence .75 in one bin: 4, 3, 2 or 1 of them right with probability .32, .42, .21, .05.
  EXPECT_NEAR(metrics["expected_calibration_error_range"][0], 0, 1e-6);
  EXPECT_NEAR(metrics["expected_calibration_error_range"][1], 0.5, 1e-6);
  EXPECT_NEAR(metrics["coverage"][0]["accuracy"], 0.5, 1e-12);
  EXPECT_EQ(metrics["coverage"][0]["rows"], 4);
}

TEST(Evaluate, TellsWhatCalibrationChanged) {
  auto model = price_model({"grade"});
  answer_always(model, 0, {2 * kLogThree, 0});
  model.set_temperature(0, 2.0);
  const auto table = make_table(mixed_columns(), {row("a", "1"), row("b", "1")});
  const auto metrics = evaluate(model, labelled(model, table), *make_executor(1))[0];
  EXPECT_EQ(metrics["temperature"], 2.0);
  EXPECT_NEAR(metrics["negative_log_likelihood"], -(std::log(0.75) + std::log(0.25)) / 2, 1e-6);
  EXPECT_NEAR(metrics["uncalibrated"]["negative_log_likelihood"], -(std::log(0.9) + std::log(0.1)) / 2, 1e-6);
  const auto& before = metrics["uncalibrated"]["reliability"];
  ASSERT_EQ(before.size(), 1U) << "two rows of one confidence";
  EXPECT_NEAR(before[0]["mean_confidence"], 0.9, 1e-6);
  EXPECT_NEAR(metrics["reliability"][0]["mean_confidence"], 0.75, 1e-6);
  EXPECT_EQ(before[0]["accuracy"], 0.5);
}

TEST(Evaluate, MeasuresNumbersInTheirUnit) {
  auto model = price_model();
  answer_always(model, 0, {0, 1});
  answer_always(model, 1, {0.5F});  // 20 + 10 / 2 = 25
  const auto table = make_table(mixed_columns(), {row("a", "24"), row("b", "28"), row("b", "20")});
  const auto all = evaluate(model, labelled(model, table), *make_executor(1));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_NEAR(all[0]["accuracy"], 2.0 / 3, 1e-12);
  EXPECT_EQ(all[1]["output"], "price");
  EXPECT_EQ(all[1]["type"], "number");
  EXPECT_EQ(all[1]["rows"], 3);
  const double squares = 1 + 9 + 25;
  EXPECT_NEAR(all[1]["mean_squared_error"], squares / 3, 1e-4);
  EXPECT_NEAR(all[1]["mean_absolute_error"], 3.0, 1e-5);
  EXPECT_NEAR(all[1]["r2"], 1 - squares / (0 + 16 + 16), 1e-5);  // the mean is 24
}

TEST(Evaluate, MeasuresANumberThatTrainingNeverSawChange) {
  const auto training = make_table(mixed_columns(), {row("a", "50"), row("b", "50")});
  const auto model = fresh_model(*training, mixed_schema({"price"}));
  const auto table = make_table(mixed_columns(), {row("a", "50"), row("a", "53"), row("a", "46")});
  const auto metrics = evaluate(model, labelled(model, table), *make_executor(1))[0];
  EXPECT_NEAR(metrics["mean_squared_error"], (0 + 9 + 16) / 3.0, 1e-9);
}

TEST(Evaluate, NeedsRows) {
  const auto table = mixed_table(12, "none.csv");
  const auto model = fresh_model(*table);
  EXPECT_EQ(message_of<UsageError>([&] { (void)evaluate(model, no_rows(model, table), *make_executor(1)); }),
            "none.csv: no rows to evaluate on");
}

TEST(Watch, AddsLossesAndMeansMetrics) {
  auto model = price_model();
  answer_always(model, 0, {kLogThree, 0});
  answer_always(model, 1, {0.5F});
  const auto data = labelled(model, make_table(mixed_columns(), {row("a", "10"), row("b", "30"), row("a", "30")}));
  const auto watched = watch(data, model.score(*data.table, data.rows, *make_executor(1)));
  const double nll = -(2 * std::log(0.75) + std::log(0.25)) / 3;
  const double squares = 1.5 * 1.5 + 0.5 * 0.5 + 0.5 * 0.5;  // scaled targets -1, 1, 1; the score is 0.5
  EXPECT_NEAR(watched.loss, nll + squares / 3, 1e-5);
  const double deviation = 16.0 / 9 + 4.0 / 9 + 4.0 / 9;  // from their mean of 1/3
  EXPECT_NEAR(watched.metric, (2.0 / 3 + (1 - squares / deviation)) / 2, 1e-5);
}

TEST(Watch, NamesItsMetric) {
  const auto table = mixed_table(12);
  const auto name = [&](const std::vector<std::string>& outputs) {
    return watched_metric(labelled(fresh_model(*table, mixed_schema(outputs)), table));
  };
  EXPECT_EQ(name({"grade"}), "accuracy");
  EXPECT_EQ(name({"price"}), "r2");
  EXPECT_EQ(name({"grade", "city"}), "accuracy");
  EXPECT_EQ(name({"grade", "price"}), "mean of metrics");
}

/// 40 rows of which three in four are of class a.
std::shared_ptr<const Table> three_in_four(int rows) {
  std::vector<std::vector<std::string>> all;
  for (int r = 0; r < rows; ++r) all.push_back(row(r % 4 == 0 ? "b" : "a", std::to_string(r)));
  return make_table(mixed_columns(), all);
}

double loss_of(const Model& model, const LabelledRows& data) {
  return watch(data, model.score(*data.table, data.rows, *make_executor(1))).loss;
}

// Laplace's rule: of 40 rows, 31 of 42 are of class a.
const double kTemperature = 5 * kLogThree / std::log(31.0 / 11.0);

TEST(Calibrate, LowersTheLossOfAModelThatIsTooSure) {
  auto model = price_model({"grade"});
  answer_always(model, 0, {5 * kLogThree, 0});
  const auto data = labelled(model, three_in_four(40));
  const double before = loss_of(model, data);
  calibrate(model, data, *make_executor(1));
  EXPECT_NEAR(model.temperature(0), kTemperature, 1e-3);
  EXPECT_LT(loss_of(model, data), before - 0.3);
  EXPECT_NEAR(loss_of(model, data), -(0.75 * std::log(31.0 / 42.0) + 0.25 * std::log(11.0 / 42.0)), 1e-6);
}

TEST(Calibrate, BeginsAnewEachTime) {
  auto model = price_model();
  answer_always(model, 0, {5 * kLogThree, 0});
  model.set_temperature(0, 3.0);
  const auto data = labelled(model, three_in_four(40));
  calibrate(model, data, *make_executor(1));
  EXPECT_NEAR(model.temperature(0), kTemperature, 1e-3);
  EXPECT_EQ(model.temperature(1), 1.0) << "a number has no temperature";
}

TEST(Calibrate, DoesNotTakeAFewRightRowsForCertainty) {
  auto model = price_model({"grade"});
  answer_always(model, 0, {1, 0});
  const auto data = labelled(model, make_table(mixed_columns(), std::vector(50, row("a", "1"))));
  calibrate(model, data, *make_executor(1));
  EXPECT_NEAR(model.temperature(0), 1 / std::log(51.0), 1e-3);  // 51 of 52
}

TEST(Calibrate, LeavesAloneWhatFewRowsSay) {
  auto model = price_model({"grade"});
  answer_always(model, 0, {5 * kLogThree, 0});
  calibrate(model, labelled(model, three_in_four(29)), *make_executor(1));
  EXPECT_EQ(model.temperature(0), 1.0);
  calibrate(model, labelled(model, three_in_four(30)), *make_executor(1));
  EXPECT_GT(model.temperature(0), 2.0);
}

TEST(Calibrate, LeavesAloneWhatOnlyUnknownLabelsSay) {
  auto model = price_model({"grade"});
  answer_always(model, 0, {5 * kLogThree, 0});
  std::vector<std::vector<std::string>> rows(40, row("unseen", "1"));
  calibrate(model, labelled(model, make_table(mixed_columns(), rows)), *make_executor(1));
  EXPECT_EQ(model.temperature(0), 1.0);
  model.set_temperature(0, 2.0);
  calibrate(model, labelled(model, make_table(mixed_columns(), rows)), *make_executor(1));
  EXPECT_EQ(model.temperature(0), 2.0) << "it stays as it is";
}

}  // namespace
}  // namespace attune::testing
