// SPDX-License-Identifier: Apache-2.0
#include "attune/train/fit.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/fingerprint.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/evaluation.hpp"
#include "support/temporary_folder.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

struct Run {
  FitResult result;
  std::vector<std::string> notes;
};

FitRequest small_request(std::shared_ptr<const Table> table, const std::vector<std::string>& outputs = {"grade"}) {
  FitRequest request;
  request.table = std::move(table);
  request.inputs = {"review:text:unit=words", "size:numbers"};
  request.outputs = outputs;
  request.split.fraction = 0.25;
  request.model = small_config();
  request.training = steady(2);
  return request;
}

Run run(const FitRequest& request) {
  std::vector<std::string> notes;
  FitCallbacks callbacks;
  callbacks.on_note = [&](const std::string& note) { notes.push_back(note); };
  auto result = fit(request, *make_executor(2), callbacks);
  return {std::move(result), notes};
}

/// What the record keeps of a table of which nothing was left out.
Json described(const Table& table) {
  auto json = fingerprint(table);
  json["skipped_rows"] = 0;
  return json;
}

TEST(Fit, RecordsHowTheModelCameToBe) {
  const auto table = mixed_table(80);
  auto request = small_request(table);
  request.seed = 5;
  const auto [result, notes] = run(request);
  const auto& record = result.model.record;
  const auto& training = record.at("training");
  EXPECT_EQ(training.at("seed"), 5);
  EXPECT_EQ(training.at("model"), to_json(request.model));
  EXPECT_EQ(training.at("training"), to_json(request.training));
  EXPECT_EQ(training.at("split").at("method"), "stratified");
  EXPECT_EQ(training.at("split").at("fraction"), 0.25);
  EXPECT_EQ(training.at("split").at("fraction_demanded"), false);
  EXPECT_EQ(training.at("training_rows").get<int>() + training.at("validation_rows").get<int>(), 80);
  EXPECT_NEAR(training.at("validation_rows").get<double>(), 20, 2);
  EXPECT_EQ(training.at("steps"), result.training.steps);
  EXPECT_EQ(training.at("best_epoch"), result.training.best_epoch);
  EXPECT_EQ(training.at("end"), "finished");
  EXPECT_EQ(record.at("data"), described(*table));
  EXPECT_FALSE(record.contains("validation_data"));
  ASSERT_EQ(record.at("history").size(), 2U);
  EXPECT_EQ(record.at("history")[0], to_json(result.training.history[0]));
  EXPECT_EQ(record.at("metrics"), result.metrics);
  ASSERT_EQ(result.metrics.size(), 1U);
  EXPECT_EQ(result.metrics[0].at("rows"), training.at("validation_rows"));
}

TEST(Fit, TakesASchemaInPlaceOfInputsAndOutputs) {
  const auto table = mixed_table(60);
  auto request = small_request(table);
  const auto [named, notes] = run(request);
  request.inputs.clear();
  request.outputs.clear();
  request.schema = named.model.schema();
  const auto [given, given_notes] = run(request);
  EXPECT_EQ(to_json(given.model.schema()), to_json(named.model.schema()));
  EXPECT_EQ(tensor_digest(given.model), tensor_digest(named.model));
  EXPECT_EQ(given.metrics, named.metrics);
}

TEST(Fit, RefusesASchemaBesideInputsOrOutputs) {
  auto request = small_request(mixed_table(20));
  request.schema = mixed_schema();
  const std::string message =
      "schema: it says all of what is read and predicted; leave out inputs and outputs, or the schema";
  EXPECT_EQ(message_of<UsageError>([&] { run(request); }), message);
  request.inputs.clear();
  EXPECT_EQ(message_of<UsageError>([&] { check_options(request, false); }), message) << "before a table is opened";
  request.outputs.clear();
  request.schema->inputs.clear();
  EXPECT_EQ(message_of<UsageError>([&] { run(request); }),
            "schema: expected at least one input and one output, found 0 and 2");
}

/// Uniform weights in the pool, as a library user would set them.
Intervention uniform_pool(std::string_view site) {
  return {.weights = site == "pool" ? Intervention::Weights::kUniform : Intervention::Weights::kComputed};
}

/// The tensors whose names say so, of two models.
std::vector<std::string> different_tensors(const Model& a, const Model& b, const std::string& prefix) {
  std::vector<std::string> different;
  for (const auto& parameter : a.network().parameters().all()) {
    if (!parameter.name.starts_with(prefix)) continue;
    if (!parameter.value.equal(b.network().parameters().get(parameter.name))) different.push_back(parameter.name);
  }
  return different;
}

TEST(Fit, TrainsUnderAnIntervention) {
  const auto table = mixed_table(60);
  auto request = small_request(table);
  request.validation = mixed_table(40, "validation.csv");
  request.training.weight_decay = 0;
  request.baselines = false;
  const auto computed = run(request).result;
  request.intervention = uniform_pool;
  const auto uniform = run(request).result;
  EXPECT_NE(tensor_digest(uniform.model), tensor_digest(computed.model));
  EXPECT_EQ(uniform.model.forward_context().intervention_at("pool").weights, Intervention::Weights::kUniform);
  EXPECT_EQ(uniform.metrics, evaluate(uniform.model, labelled(uniform.model, request.validation), *make_executor(1)));
  // What only the scores of the pool are made with has learned nothing; all else of the pool has.
  const auto fresh = uniform.model.redrawn(RandomKey(request.seed).with("initialisation"));
  EXPECT_THAT(different_tensors(uniform.model, fresh, "pool."),
              UnorderedElementsAre("pool.value.weight", "pool.value.bias", "pool.output.weight", "pool.output.bias"));
  EXPECT_GE(different_tensors(computed.model, fresh, "pool.").size(), 8U);
}

TEST(Fit, RefusesAnInterventionThatAFileWouldNotTell) {
  const TemporaryFolder folder;
  auto request = small_request(mixed_table(20));
  request.intervention = uniform_pool;
  check_options(request, false);
  request.model_file = folder.path() / "model.attune";
  EXPECT_EQ(message_of<UsageError>([&] { run(request); }),
            "intervention: neither a checkpoint nor a model file would tell of it; leave out model_file");
  request.resume = true;
  EXPECT_EQ(message_of<UsageError>([&] { check_options(request, false); }),
            "intervention: neither a checkpoint nor a model file would tell of it; leave out resume");
}

TEST(Fit, MeasuresTheModelItReturns) {
  const auto table = mixed_table(80);
  auto request = small_request(table, {"grade", "price"});
  request.validation = mixed_table(50, "validation.csv");
  request.baselines = false;
  const auto [result, notes] = run(request);
  const auto again = evaluate(result.model, labelled(result.model, request.validation), *make_executor(1));
  ASSERT_EQ(result.metrics.size(), 2U);
  EXPECT_EQ(result.metrics, again);
}

TEST(Fit, ValidatesOnAFileOfItsOwn) {
  auto request = small_request(mixed_table(60));
  request.validation = mixed_table(20, "validation.csv");
  const auto [result, notes] = run(request);
  const auto& record = result.model.record;
  EXPECT_EQ(record.at("training").at("training_rows"), 60);
  EXPECT_EQ(record.at("training").at("validation_rows"), 20);
  EXPECT_EQ(record.at("training").at("split").at("method"), "file");
  EXPECT_EQ(record.at("validation_data"), described(*request.validation));
  EXPECT_THAT(notes, Contains(HasSubstr("60 rows to train on, 20 to validate on; ")));
  EXPECT_THAT(notes, Contains(HasSubstr(with_commas(result.model.network().parameters().count()) + " parameters")));
  EXPECT_THAT(notes, Not(Contains(HasSubstr("counted as wrong"))));
  EXPECT_THAT(notes, Not(Contains(HasSubstr("is cut off"))));
  EXPECT_THAT(notes, Not(Contains(HasSubstr("left out"))));
}

TEST(Fit, SaysWhenItValidatesOnTheTrainingTable) {
  auto request = small_request(mixed_table(60));
  const std::string warning = "warning: the validation table is the training table";
  request.validation = mixed_table(20);
  EXPECT_THAT(run(request).notes, Not(Contains(HasSubstr(warning))));
  request.validation = mixed_table(60, "copy.csv");
  EXPECT_THAT(run(request).notes, Contains(HasSubstr(warning)));
}

TEST(Fit, SaysWhetherItCalibrated) {
  auto request = small_request(mixed_table(60));
  request.validation = mixed_table(29);
  EXPECT_THAT(run(request).notes, Contains("output \"grade\": not calibrated, which takes 30 validation rows"));
  auto unknown = mixed_rows(30);
  for (auto& row : unknown) row[4] = "never seen";
  request.validation = make_table(mixed_columns(), unknown);
  EXPECT_THAT(run(request).notes,
              Contains("output \"grade\": not calibrated, for no validation row has a label known from training"));
  request.validation = mixed_table(30);
  EXPECT_THAT(run(request).notes,
              Contains(HasSubstr("output \"grade\": calibrated on the validation rows, temperature ")));
}

TEST(Fit, NotesLabelsThatTrainingNeverSaw) {
  auto rows = mixed_rows(20);
  rows[3][4] = rows[9][4] = "awful";
  auto request = small_request(mixed_table(60));
  request.validation = make_table(mixed_columns(), rows, "validation.csv");
  const auto [result, notes] = run(request);
  EXPECT_THAT(notes, Contains("warning: 2 validation rows with a label that no training row has; counted as wrong"));
  EXPECT_EQ(result.metrics[0].at("unseen_labels"), 2);
  EXPECT_THAT(result.model.outputs()[0]->classes(), ElementsAre("bad", "fair", "good"));
}

TEST(Fit, NotesRowsThatLoseTheirEnd) {
  auto rows = mixed_rows(60);
  for (auto& row : rows) row[0] = "one two three";
  rows[4][0] = rows[5][0] = rows[6][0] = "one two three four five";
  auto request = small_request(make_table(mixed_columns(), rows));
  request.inputs = {"review:text:unit=words,max_length=4"};
  rows.resize(5);
  request.validation = make_table(mixed_columns(), rows);
  const auto [result, notes] = run(request);
  EXPECT_THAT(notes, Contains("the end of 3 training rows is cut off for the network by the input's max_length; "
                              ":text:max_length=N reads more"));
  EXPECT_THAT(notes, Contains("the end of 1 validation row is cut off for the network by the input's max_length; "
                              ":text:max_length=N reads more"));
}

TEST(Fit, NotesRowsLeftOut) {
  const TemporaryFolder folder;
  std::string text = "review,size,grade\n";
  for (int r = 0; r < 40; ++r)
    text += "word " + std::to_string(r) + "," + std::to_string(r) + (r % 2 == 0 ? ",a\n" : ",b\n");
  const auto path = folder.write("reviews.csv", text + "ragged\ntoo,many,cells,here\n");
  TableOptions options;
  options.skip_bad_rows = true;
  auto request = small_request(open_table(path, options));
  request.validation = request.table;
  const auto [result, notes] = run(request);
  EXPECT_EQ(std::count(notes.begin(), notes.end(), path.string() + ": 2 bad rows left out"), 2) << "of both files";
}

TEST(Fit, PassesOnWhatItsPartsHaveToSay) {
  auto rows = mixed_rows(40);
  rows[0][4] = "Good";  // beside "good"
  const auto [result, notes] = run(small_request(make_table(mixed_columns(), rows)));
  EXPECT_THAT(notes, Contains(HasSubstr("\"Good\"")));
  EXPECT_THAT(notes, Contains(HasSubstr("column \"review\"")));
}

/// The mixed table with one price replaced. The other 59 are numbers.
std::shared_ptr<const Table> with_price(const std::string& price) {
  auto rows = mixed_rows(60);
  rows[41][5] = price;
  return make_table(mixed_columns(), rows, "prices.csv");
}

TEST(Fit, NamesAWordAmongTheNumbersToPredictBeforeItSplits) {
  for (const auto& outputs : {std::vector<std::string>{"price:number"}, {"grade", "price:number"}}) {
    auto request = small_request(with_price("dear"), outputs);
    request.split.fraction = 2;  // refused by the split, were it reached
    EXPECT_THAT(message_of<InputError>([&] { run(request); }),
                StartsWith("prices.csv, row 42, column \"price\": expected a number to predict, found \"dear\""));
  }
  EXPECT_THAT(message_of<InputError>([&] { run(small_request(with_price(" "), {"price:number"})); }),
              StartsWith("prices.csv, row 42, column \"price\": expected a number to predict, found an empty cell"));
}

TEST(Fit, CutsALongWordAmongTheNumbersBetweenCharacters) {
  std::string word = "x";
  for (int i = 0; i < 60; ++i) word += "\u00e9";
  const auto message = message_of<InputError>([&] { run(small_request(with_price(word), {"price:number"})); });
  EXPECT_THAT(message, HasSubstr("found \"" + word.substr(0, 1 + 2 * 39) + "...\""));
}

TEST(Fit, TakesWordsInAColumnPredictedAsClasses) {
  auto rows = mixed_rows(60);
  for (size_t r = 0; r < rows.size(); ++r) rows[r][5] = r % 4 == 0 ? "dear" : r % 4 == 1 ? "cheap" : "1";
  const auto [result, notes] = run(small_request(make_table(mixed_columns(), rows), {"price:category"}));
  EXPECT_EQ(result.model.outputs()[0]->classes().size(), 3U);
}

/// Nine rows, each of a class of its own.
std::shared_ptr<const Table> all_different() {
  auto rows = mixed_rows(9);
  for (size_t r = 0; r < rows.size(); ++r) rows[r][4] = "class " + std::to_string(r);
  return make_table(mixed_columns(), rows, "different.csv");
}

TEST(Fit, NeedsAsManyTrainingRowsAsClasses) {
  auto request = small_request(all_different());
  request.split.method = "random";
  EXPECT_THAT(
      message_of<InputError>([&] { run(request); }),
      HasSubstr(
          "different.csv, column \"grade\": expected at least as many training rows as classes, found 7 rows for 9 "
          "classes; if the column holds numbers predict it as :number, else join rare classes or add rows"));
}

TEST(Fit, TakesFewerWhenTheShareIsDemanded) {
  auto request = small_request(all_different());
  request.split.fraction_demanded = true;
  const auto [result, notes] = run(request);
  EXPECT_EQ(result.model.outputs()[0]->classes().size(), 9U);
  EXPECT_EQ(result.model.record.at("training").at("validation_rows"), 2);
}

TEST(Fit, WithoutValidationHasNoMetrics) {
  auto request = small_request(mixed_table(40));
  request.split.fraction = 0;
  const auto [result, notes] = run(request);
  EXPECT_EQ(result.model.record.at("training").at("training_rows"), 40);
  EXPECT_EQ(result.metrics, Json::array());
  EXPECT_EQ(result.model.record.at("metrics"), Json::array());
  EXPECT_EQ(result.training.best_epoch, 2);
}

TEST(Fit, RecordsHowItEnded) {
  auto request = small_request(mixed_table(60));
  FitCallbacks callbacks;
  bool stepped = false;
  callbacks.training.on_step = [&](const TrainProgress&) { stepped = true; };
  callbacks.training.should_stop = [&] { return stepped; };
  const auto result = fit(request, *make_executor(1), callbacks);
  EXPECT_EQ(result.model.record.at("training").at("end"), "interrupted");
  EXPECT_EQ(result.model.record.at("training").at("steps"), 1);
  EXPECT_EQ(result.metrics, Json::array()) << "no epoch was complete";
  EXPECT_EQ(result.model.record.at("history"), Json::array());
}

TEST(Fit, CanBeStoppedWhileItReads) {
  auto request = small_request(mixed_table(60));
  for (const int64_t asked_before : {0, 1, 60, 150, 300}) {
    std::atomic<int64_t> asked = 0;
    FitCallbacks callbacks;
    callbacks.training.should_stop = [&] { return ++asked > asked_before; };
    callbacks.training.on_step = [](const TrainProgress&) { FAIL() << "a step was taken"; };
    EXPECT_THROW((void)fit(request, *make_executor(2), callbacks), StoppedError) << asked_before;
  }
}

TEST(Fit, MeasuresBaselinesBesideTheModel) {
  auto request = small_request(mixed_table(80), {"grade", "price"});
  const auto with = run(request);
  ASSERT_EQ(with.result.metrics.size(), 2U);
  EXPECT_EQ(with.result.metrics[0].at("baselines").size(), 6U);
  EXPECT_EQ(with.result.metrics[1].at("baselines").size(), 2U);
  EXPECT_THAT(with.notes, Contains("the baselines of naive Bayes leave the columns of numbers out"));
  request.baselines = false;
  const auto without = run(request);
  EXPECT_FALSE(without.result.metrics[0].contains("baselines"));
  EXPECT_EQ(tensor_digest(with.result.model), tensor_digest(without.result.model));
}

TEST(Fit, WeighsALinearPartOnTheValidationRows) {
  auto request = small_request(mixed_table(200), {"grade", "price"});
  const auto with = run(request);
  const auto& model = with.result.model;
  ASSERT_NE(model.linear(0), nullptr);
  EXPECT_EQ(model.linear(1), nullptr) << "numbers have none";
  EXPECT_GT(model.linear_weight(0), 0) << "two epochs teach the network little";
  const auto& metrics = with.result.metrics[0];
  EXPECT_EQ(metrics.at("linear_weight"), model.linear_weight(0));
  EXPECT_LT(metrics.at("negative_log_likelihood"), metrics.at("uncalibrated").at("negative_log_likelihood"));
  EXPECT_THAT(with.notes, Contains(HasSubstr(", weight of the linear part ")));

  request.model.linear = false;
  const auto without = run(request);
  EXPECT_EQ(without.result.model.linear(0), nullptr);
  EXPECT_EQ(without.result.metrics[0].at("linear_weight"), 0);
  EXPECT_THAT(without.notes, Not(Contains(HasSubstr("linear part"))));
  EXPECT_EQ(tensor_digest(with.result.model), tensor_digest(without.result.model)) << "the network knows nothing of it";
  EXPECT_NEAR(without.result.metrics[0].at("uncalibrated").at("accuracy"), metrics.at("uncalibrated").at("accuracy"),
              1e-12);

  request.model.linear = true;
  request.validation = mixed_table(29);
  EXPECT_EQ(run(request).result.model.linear(0), nullptr) << "too few rows to weigh it on";
}

TEST(Fit, StoppedInTheBaselinesKeepsTheModel) {
  std::atomic<bool> trained = false;
  std::vector<std::string> notes;
  FitCallbacks callbacks;
  callbacks.on_note = [&](const std::string& note) {
    notes.push_back(note);
    if (note.starts_with("output \"grade\": ")) trained = true;  // of the calibration, after the last epoch
  };
  callbacks.training.should_stop = [&] { return trained.load(); };
  const auto result = fit(small_request(mixed_table(80)), *make_executor(2), callbacks);
  EXPECT_THAT(notes, Contains("interrupted: the model is not compared with baselines"));
  EXPECT_EQ(result.training.end, TrainEnd::kInterrupted);
  EXPECT_EQ(result.training.history.size(), 2U) << "stopped before the training ended";
  EXPECT_TRUE(result.metrics[0].contains("accuracy"));
  EXPECT_FALSE(result.metrics[0].contains("baselines"));
}

TEST(Fit, RecordsTheFold) {
  auto request = small_request(mixed_table(60));
  EXPECT_FALSE(run(request).result.model.record.at("training").at("split").contains("folds"));
  request.split.folds = 3;
  request.split.fold = 1;
  const auto fold = run(request);
  const auto& split = fold.result.model.record.at("training").at("split");
  EXPECT_EQ(split.at("folds"), 3);
  EXPECT_EQ(split.at("fold"), 1);
}

TEST(Fit, OutOfTimeLeavesTheBaselinesOut) {
  auto request = small_request(mixed_table(80));
  request.begun = std::chrono::steady_clock::now() - std::chrono::hours(1);
  request.training.time_limit = 1;
  const std::string note =
      "time limit: the model is not compared with baselines; allow more with --time-limit, or leave them out with "
      "--no-baselines";
  request.training.batch_size = 80;
  for (const auto& [epochs, end] : {std::pair{1, TrainEnd::kFinished}, {2, TrainEnd::kTimeLimit}}) {
    request.training.epochs = epochs;
    const auto [result, notes] = run(request);
    EXPECT_THAT(notes, Contains(note));
    EXPECT_EQ(result.training.end, end);
    EXPECT_TRUE(result.metrics[0].contains("accuracy"));
    EXPECT_FALSE(result.metrics[0].contains("baselines"));
    EXPECT_EQ(result.model.record.at("metrics"), result.metrics);
  }
  request.baselines = false;
  EXPECT_THAT(run(request).notes, Not(Contains(note)));
  request.baselines = true;
  request.training.time_limit = 1000;
  const auto [in_time, notes] = run(request);
  EXPECT_THAT(notes, Not(Contains(note)));
  EXPECT_TRUE(in_time.metrics[0].contains("baselines"));
}

TEST(Fit, OutOfTimeLeavesTheLinearPartOut) {
  auto request = small_request(mixed_table(200));
  request.training.time_limit = 1000;
  request.training.epochs = 1;
  request.training.batch_size = 200;  // one step, which is never left out
  const auto in_time = run(request).result;
  EXPECT_NE(in_time.model.linear(0), nullptr);
  EXPECT_EQ(in_time.training.end, TrainEnd::kFinished);
  request.begun = std::chrono::steady_clock::now() - std::chrono::hours(1000);
  const auto late = run(request);
  EXPECT_EQ(late.result.model.linear(0), nullptr);
  EXPECT_THAT(late.notes, Contains(HasSubstr("output \"grade\" goes without its linear part")));
  EXPECT_EQ(late.result.training.steps, 1);
  EXPECT_EQ(late.result.training.end, TrainEnd::kTimeLimit) << "with more time it would be another model";
  EXPECT_EQ(late.result.model.record.at("training").at("end"), "time limit");
  EXPECT_EQ(tensor_digest(late.result.model), tensor_digest(in_time.model)) << "the network knows nothing of it";
}

TEST(Fit, InterruptedInTheLinearPartHasLearntNothing) {
  std::atomic<bool> fits = false;
  FitCallbacks callbacks;
  callbacks.on_note = [&](const std::string& note) { fits = fits || note.find(" to train on, ") != note.npos; };
  callbacks.training.should_stop = [&] { return fits.load(); };
  callbacks.training.on_step = [](const TrainProgress&) { FAIL() << "a step was taken"; };
  EXPECT_THROW((void)fit(small_request(mixed_table(200)), *make_executor(2), callbacks), StoppedError);
}

TEST(Fit, LearnsSeveralOutputsAtOnce) {
  auto request = small_request(mixed_table(120), {"grade", "price:number", "city"});
  request.training = steady(6);
  const auto [result, notes] = run(request);
  ASSERT_EQ(result.metrics.size(), 3U);
  EXPECT_EQ(result.metrics[0].at("output"), "grade");
  EXPECT_EQ(result.metrics[1].at("output"), "price");
  EXPECT_EQ(result.metrics[1].at("type"), "number");
  EXPECT_EQ(result.metrics[2].at("output"), "city");
  EXPECT_EQ(result.training.history[0].metric, "mean of metrics");
  EXPECT_LT(result.training.history.back().training_loss, result.training.history.front().training_loss);
}

TEST(Fit, FindsItsInputsItself) {
  auto request = small_request(mixed_table(60));
  request.inputs.clear();
  const auto [result, notes] = run(request);
  EXPECT_GE(result.model.inputs().size(), 2U);
  for (const auto& binding : result.model.schema().inputs) {
    for (const auto& column : binding.columns) EXPECT_NE(column, "grade");
  }
}

TEST(Fit, RefusesOptionsBeforeItReads) {
  auto request = small_request(mixed_table(40));
  request.model.width = -1;
  EXPECT_THAT(message_of<UsageError>([&] { run(request); }), HasSubstr("model, field \"width\""));
  request = small_request(mixed_table(40));
  request.training.select = "los";
  EXPECT_THAT(message_of<UsageError>([&] { run(request); }), HasSubstr("did you mean \"loss\"?"));
  request = small_request(mixed_table(40));
  request.validation = mixed_table(30);
  request.split.method = "tail";
  EXPECT_THAT(message_of<UsageError>([&] { run(request); }),
              HasSubstr("split = tail has no meaning beside validation; leave one of them out"));
  request = small_request(mixed_table(40), {"grades"});
  EXPECT_THAT(message_of<UsageError>([&] { run(request); }), HasSubstr("did you mean \"grade\"?"));
}

}  // namespace
}  // namespace attune::testing
