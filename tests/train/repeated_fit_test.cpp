// SPDX-License-Identifier: Apache-2.0
#include "attune/train/repeated_fit.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <set>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "run_summary.hpp"
#include "support/temporary_folder.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

FitRequest small_request() {
  FitRequest request;
  request.table = mixed_table(60);
  request.inputs = {"review:text:unit=words", "size:numbers"};
  request.outputs = {"grade"};
  request.split.fraction = 0.25;
  request.model = small_config();
  request.training = steady(2);
  request.seed = 5;
  request.split.seed = 5;
  request.baselines = false;
  return request;
}

/// A run of repeated_fit and what it called back.
struct Told {
  RepeatedResult run(const FitRequest& request, const RepeatConfig& config) {
    callbacks.fit.on_note = [this](const std::string& note) { notes.push_back(note); };
    callbacks.on_begin = [this](const RunId& id) { begun.push_back(run_name(id)); };
    callbacks.on_run = [this](const RunRecord& record) { runs.push_back(run_name(record.id)); };
    callbacks.on_kept = [this](Model& model) { kept.push_back(tensor_digest(model)); };
    return repeated_fit(request, config, *make_executor(2), callbacks);
  }
  RepeatedCallbacks callbacks;
  std::vector<std::string> notes, begun, runs, kept;
};

std::vector<std::string> names(const std::vector<RunRecord>& runs) {
  std::vector<std::string> result;
  for (const auto& run : runs) result.push_back(run_name(run.id));
  return result;
}

TEST(RepeatedFit, OverSeedsIsEachSeedsFitOnTheSameSplit) {
  auto request = small_request();
  Told told;
  const auto result = told.run(request, {.seeds = 3});
  EXPECT_THAT(names(result.runs), ElementsAre("seed 5", "seed 6", "seed 7"));
  EXPECT_EQ(told.begun, told.runs);
  double best = -1e9;
  std::string best_digest, best_name;
  for (size_t r = 0; r < 3; ++r) {
    request.seed = 5 + r;
    const auto alone = fit(request, *make_executor(1));
    EXPECT_EQ(result.runs[r].metrics[0], figures_of(alone.metrics[0])) << r;
    EXPECT_EQ(result.runs[r].best_epoch, alone.training.best_epoch);
    const double score = -alone.metrics[0].at("negative_log_likelihood").get<double>();
    if (score <= best) continue;
    best = score;
    best_digest = tensor_digest(alone.model);
    best_name = result.runs[r].id.seed == request.seed ? run_name(result.runs[r].id) : "";
  }
  ASSERT_TRUE(result.kept);
  EXPECT_EQ(tensor_digest(result.kept->model), best_digest);
  EXPECT_EQ(run_name(result.kept_id), best_name);
  EXPECT_EQ(told.kept.back(), best_digest);
  EXPECT_NE(result.runs[0].metrics, result.runs[1].metrics) << "the seed does nothing";
}

TEST(RepeatedFit, KeepsByMetricWhenThatIsSelected) {
  auto request = small_request();
  request.training.select = "metric";
  const auto result = repeated_fit(request, {.seeds = 4}, *make_executor(2));
  double best = 0;
  for (const auto& run : result.runs) best = std::max(best, run.metrics[0].at("accuracy").get<double>());
  EXPECT_EQ(result.kept->metrics[0].at("accuracy"), best);
}

TEST(RepeatedFit, OverFoldsValidatesEachRowOnce) {
  auto request = small_request();
  Told told;
  const auto result = told.run(request, {.folds = 4});
  EXPECT_THAT(names(result.runs), ElementsAre("seed 5, fold 1", "seed 5, fold 2", "seed 5, fold 3", "seed 5, fold 4"));
  EXPECT_THAT(told.begun,
              ElementsAre("seed 5, fold 1", "seed 5, fold 2", "seed 5, fold 3", "seed 5, fold 4", "seed 5"));
  int64_t validated = 0;
  for (const auto& run : result.runs) validated += run.metrics[0].at("rows").get<int64_t>();
  EXPECT_EQ(validated, 60);
  const auto usual = fit(request, *make_executor(1));
  ASSERT_TRUE(result.kept);
  EXPECT_EQ(tensor_digest(result.kept->model), tensor_digest(usual.model)) << "not the model of the usual split";
  EXPECT_EQ(result.kept->metrics, usual.metrics);
  EXPECT_THAT(told.kept, SizeIs(1)) << "a fold's model was kept";
}

TEST(RepeatedFit, OverBothTrainsEachFoldWithEachSeed) {
  Told told;
  const auto result = told.run(small_request(), {.seeds = 2, .folds = 2});
  EXPECT_THAT(told.runs, ElementsAre("seed 5, fold 1", "seed 5, fold 2", "seed 6, fold 1", "seed 6, fold 2"));
  EXPECT_EQ(run_name(result.kept_id), "seed 5");
  EXPECT_EQ(result.summary[0].at("runs"), 4);
  EXPECT_EQ(result.runs[0].metrics[0].at("rows"), result.runs[2].metrics[0].at("rows"));
}

TEST(RepeatedFit, RecordsTheRunsInTheModel) {
  const auto result = repeated_fit(small_request(), {.seeds = 2}, *make_executor(2));
  const auto& record = result.kept->model.record;
  ASSERT_EQ(record.at("runs").size(), 2U);
  EXPECT_EQ(record.at("runs")[1], to_json(result.runs[1]));
  EXPECT_EQ(record.at("runs")[0].at("seed"), 5);
  EXPECT_EQ(record.at("runs")[0].at("end"), "finished");
  EXPECT_FALSE(record.at("runs")[0].contains("fold"));
  EXPECT_EQ(record.at("summary"), result.summary);
  const auto accuracy = [&](size_t run) { return result.runs[run].metrics[0].at("accuracy").get<double>(); };
  EXPECT_DOUBLE_EQ(result.summary[0].at("accuracy").at("mean").get<double>(), (accuracy(0) + accuracy(1)) / 2);
}

TEST(RepeatedFit, CanTrainTheLastModelOnAllRows) {
  auto request = small_request();
  request.split.fraction = 0;
  const auto result = repeated_fit(request, {.folds = 2}, *make_executor(2));
  EXPECT_EQ(result.kept->model.record.at("training").at("training_rows"), 60);
  EXPECT_EQ(result.runs[0].metrics[0].at("rows"), 30);
}

TEST(RepeatedFit, SaysWhatRunsShareOnce) {
  Told told;
  (void)told.run(small_request(), {.seeds = 3});
  ASSERT_FALSE(told.notes.empty());
  EXPECT_EQ(std::set<std::string>(told.notes.begin(), told.notes.end()).size(), told.notes.size());
}

TEST(RepeatedFit, LeavesNoCheckpoint) {
  const TemporaryFolder folder;
  auto request = small_request();
  request.model_file = folder.path() / "m.attune";
  (void)repeated_fit(request, {.seeds = 2}, *make_executor(2));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(RepeatedFit, SharesTheTimeLimitOut) {
  auto request = small_request();
  request.training = steady(100000);
  request.training.time_limit = 0.1;
  Told told;
  std::vector<int64_t> steps;
  told.callbacks.on_end = [&](const RunId&, const FitResult& fitted) { steps.push_back(fitted.training.steps); };
  const auto result = told.run(request, {.seeds = 2});
  ASSERT_THAT(steps, SizeIs(2));
  EXPECT_GT(steps[1], 1) << "the first took all of it, and left the step that no limit takes";
  for (const auto& run : result.runs) EXPECT_EQ(run.end, TrainEnd::kTimeLimit);
  EXPECT_EQ(result.kept->model.record.at("training").at("training").at("time_limit"), 0.1) << "what was asked for";
}

/// Interrupts after some steps of all runs (each has 3 an epoch, 6 in all).
RepeatedResult interrupted_after(int64_t steps, const RepeatConfig& config, Told& told) {
  std::atomic<int64_t> done = 0;
  told.callbacks.fit.training.on_step = [&](const TrainProgress&) { ++done; };
  told.callbacks.fit.training.should_stop = [&] { return done >= steps; };
  return told.run(small_request(), config);
}

TEST(RepeatedFit, InterruptedKeepsFinishedRuns) {
  Told told;
  const auto result = interrupted_after(11, {.seeds = 3}, told);
  EXPECT_TRUE(result.interrupted);
  EXPECT_THAT(told.begun, ElementsAre("seed 5", "seed 6"));
  EXPECT_THAT(names(result.runs), ElementsAre("seed 5"));
  EXPECT_EQ(run_name(result.kept_id), "seed 5");
  EXPECT_EQ(result.summary[0].at("runs"), 1);
  EXPECT_TRUE(result.summary[0].at("accuracy").at("interval").is_null());
}

TEST(RepeatedFit, InterruptedInTheFirstRunKeepsItsBestEpoch) {
  Told told;
  const auto result = interrupted_after(4, {.seeds = 3}, told);
  EXPECT_TRUE(result.interrupted);
  EXPECT_TRUE(result.runs.empty());
  ASSERT_TRUE(result.kept);
  EXPECT_EQ(result.kept->training.best_epoch, 1);
  EXPECT_EQ(result.kept->training.end, TrainEnd::kInterrupted);
  Told before_the_first_epoch;
  EXPECT_FALSE(interrupted_after(1, {.seeds = 3}, before_the_first_epoch).kept);
  Told before_the_first_step;
  EXPECT_FALSE(interrupted_after(0, {.seeds = 3}, before_the_first_step).kept);
}

TEST(RepeatedFit, InterruptedInAFoldKeepsNoModel) {
  Told told;
  const auto result = interrupted_after(11, {.folds = 3}, told);
  EXPECT_TRUE(result.interrupted);
  EXPECT_THAT(names(result.runs), ElementsAre("seed 5, fold 1"));
  EXPECT_FALSE(result.kept);
  EXPECT_THAT(told.begun, SizeIs(2));
}

TEST(RepeatedFit, RefusesWhatHasNoMeaning) {
  const auto message = [](const RepeatConfig& config, const std::function<void(FitRequest&)>& change) {
    auto request = small_request();
    change(request);
    return message_of<UsageError>([&] { (void)repeated_fit(request, config, *make_executor(1)); });
  };
  EXPECT_THAT(message({.seeds = 2}, [](FitRequest& request) { request.resume = true; }),
              HasSubstr("resume: goes on with one training, and seeds = 2 asks for several"));
  EXPECT_THAT(message({.seeds = 2, .folds = 3}, [](FitRequest& request) { request.resume = true; }),
              HasSubstr("and folds = 3 asks for several"));
  EXPECT_THAT(message({.folds = 2}, [](FitRequest& request) { request.validation = mixed_table(20); }),
              HasSubstr("folds = 2: the rows to validate on come from the table; leave out validation"));
  EXPECT_THAT(message({.seeds = 2}, [](FitRequest& request) { request.split.fraction = 0; }),
              HasSubstr("seeds = 2: the runs are compared on validation rows, and there are none; leave out "
                        "validation_fraction = 0"));
  EXPECT_THAT(message({.folds = 1}, [](FitRequest&) {}), HasSubstr("folds = 1: expected 0 for none, or 2 at least"));
  EXPECT_THAT(message({.folds = 61}, [](FitRequest&) {}), HasSubstr("folds: expected 2 to 60"));
  EXPECT_THAT(message({.seeds = 0}, [](FitRequest&) {}), HasSubstr("run, field \"seeds\""));
  EXPECT_THAT(message({.folds = 2}, [](FitRequest& request) { request.split.method = "tail"; }),
              HasSubstr("--split tail: cuts the rows in two, not into folds"));
}

}  // namespace
}  // namespace attune::testing
