// SPDX-License-Identifier: Apache-2.0
#include "attune/train/recorded_request.hpp"

#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "support/temporary_folder.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::HasSubstr;

FitRequest unusual_request(std::shared_ptr<const Table> table) {
  FitRequest request;
  request.table = std::move(table);
  request.inputs = {"review:text:unit=words,max_length=6", "size,weight:numbers"};
  request.outputs = {"grade", "price"};
  request.split.method = "random";
  request.split.fraction = 0.3;
  request.split.seed = 4;
  request.model = small_config();
  request.model.mechanism = "additive";
  request.training = steady(3, 8);
  request.training.kernels = "composed";
  request.seed = 9;
  request.baselines = false;
  return request;
}

FitResult run(const FitRequest& request) { return fit(request, *make_executor(2)); }

/// What the record says of a training but for what a clock measured.
Json timeless(Json record) {
  for (auto& epoch : record["history"]) epoch.erase("seconds"), epoch.erase("rows_per_second");
  return record;
}

TEST(RecordedRequest, TrainsTheSameModelAgain) {
  const TemporaryFolder folder;
  const auto table = mixed_table(80);
  const auto path = folder.path() / "model.attune";
  run(unusual_request(table)).model.save(path);
  auto model = Model::load(path);
  auto request = recorded_request(model, mixed_table(80, "copy.csv"));
  EXPECT_TRUE(request.inputs.empty() && request.outputs.empty() && request.model_file.empty());
  EXPECT_FALSE(request.baselines || request.resume || request.intervention);
  const auto again = run(request).model;
  EXPECT_EQ(tensor_digest(again), tensor_digest(model));
  EXPECT_EQ(again.temperature(0), model.temperature(0));
  EXPECT_EQ(again.linear_weight(0), model.linear_weight(0));
  EXPECT_EQ(again.kernels(), Kernels::kComposed);
  model.set_kernels(again.kernels());  // which no file tells
  auto expected = timeless(model.record), actual = timeless(again.record);
  expected["data"].erase("name"), actual["data"].erase("name");
  EXPECT_EQ(actual, expected);
  EXPECT_TRUE(same_scores(again.score(*table, rows_up_to(80), *make_executor(1)),
                          model.score(*table, rows_up_to(80), *make_executor(1))));
  request.seed = 10;
  EXPECT_NE(tensor_digest(run(request).model), tensor_digest(model));
}

TEST(RecordedRequest, TakesTheValidationTable) {
  auto request = unusual_request(mixed_table(60));
  request.split = {};
  request.validation = mixed_table(40, "validation.csv");
  const auto model = run(request).model;
  const auto rebuilt = recorded_request(model, request.table, request.validation);
  const auto again = run(rebuilt).model;
  EXPECT_EQ(tensor_digest(again), tensor_digest(model));
  EXPECT_EQ(again.record.at("training"), model.record.at("training"));
  EXPECT_EQ(again.record.at("validation_data"), model.record.at("validation_data"));
}

TEST(RecordedRequest, TakesTheFold) {
  auto request = unusual_request(mixed_table(60));
  request.split = {.folds = 3, .fold = 1};
  const auto model = run(request).model;
  const auto rebuilt = recorded_request(model, request.table);
  EXPECT_EQ(rebuilt.split.folds, 3);
  EXPECT_EQ(rebuilt.split.fold, 1);
  EXPECT_EQ(tensor_digest(run(rebuilt).model), tensor_digest(model));
}

TEST(RecordedRequest, MakesNoMoreEpochsThanATrainingThatWasEnded) {
  auto request = unusual_request(mixed_table(60));
  request.training.time_limit = 10;
  auto model = run(request).model;
  EXPECT_EQ(recorded_request(model, request.table).training.time_limit, 0);
  EXPECT_EQ(recorded_request(model, request.table).training.epochs, 3);
  model.record["training"]["training"]["epochs"] = 50;
  EXPECT_EQ(recorded_request(model, request.table).training.epochs, 50) << "of which it might have needed three";
  for (const auto end : {TrainEnd::kTimeLimit, TrainEnd::kInterrupted}) {
    model.record["training"]["end"] = end_name(end);
    EXPECT_EQ(recorded_request(model, request.table).training.epochs, 3) << end_name(end);
  }
  model.record["history"] = Json::array();
  EXPECT_EQ(recorded_request(model, request.table).training.epochs, 1) << "ended in its first";
}

TEST(RecordedRequest, RefusesARecordThatDoesNotTell) {
  const auto table = mixed_table(60);
  const std::string message =
      "the model's record does not tell how it was trained, as that of a model that fit() made does; fit the model "
      "anew";
  EXPECT_EQ(message_of<UsageError>([&] { (void)recorded_request(fresh_model(*table), table); }), message);
  auto model = run(unusual_request(table)).model;
  const auto whole = model.record;
  for (const char* path : {"/training", "/training/seed", "/training/model", "/training/training", "/training/split",
                           "/training/split/method", "/training/split/fraction", "/training/split/seed",
                           "/training/split/fraction_demanded", "/training/end", "/data"}) {
    const Json::json_pointer place(path);
    model.record = whole;
    model.record.at(place.parent_pointer()).erase(place.back());
    EXPECT_EQ(message_of<UsageError>([&] { (void)recorded_request(model, table); }), message) << path;
    model.record = whole;
    model.record.at(place) = Json::array({"what is this"});
    EXPECT_THROW((void)recorded_request(model, table), UsageError) << path;
  }
  model.record = nullptr;
  EXPECT_EQ(message_of<UsageError>([&] { (void)recorded_request(model, table); }), message);
}

TEST(RecordedRequest, RefusesOtherTables) {
  const auto table = mixed_table(60), validation = mixed_table(40, "validation.csv");
  auto request = unusual_request(table);
  const auto model = run(request).model;
  EXPECT_EQ(message_of<UsageError>([&] { (void)recorded_request(model, nullptr); }),
            "training again: expected the table of the training, found none");
  EXPECT_EQ(message_of<UsageError>([&] { (void)recorded_request(model, mixed_table(59, "new.csv")); }),
            "new.csv: not the table of the training, mixed.csv, or changed since, or read otherwise; give that one as "
            "it was read then");
  EXPECT_EQ(message_of<UsageError>([&] { (void)recorded_request(model, table, validation); }),
            "training again: the model was validated on rows of its own table; leave out the validation table "
            "validation.csv");
  request.split = {};
  request.validation = validation;
  const auto other = run(request).model;
  EXPECT_EQ(message_of<UsageError>([&] { (void)recorded_request(other, table); }),
            "training again: the model was validated on a table of its own, validation.csv; give that one as well");
  EXPECT_THAT(message_of<UsageError>([&] { (void)recorded_request(other, table, mixed_table(41, "new.csv")); }),
              HasSubstr("new.csv: not the validation table of the training, validation.csv, or changed since"));
}

TEST(RecordedSplit, TellsTheTrainingRows) {
  const auto table = mixed_table(80);
  auto request = unusual_request(table);
  const auto model = run(request).model;
  const auto split = recorded_split(model);
  ASSERT_TRUE(split);
  EXPECT_FALSE(split->validation_table);
  EXPECT_EQ(split->options.method, "random");
  EXPECT_EQ(split->options.seed, 4U);
  const auto expected = split_rows(*table, table->column("grade"), request.split).training;
  EXPECT_EQ(recorded_training_rows(model, *table), expected);
  EXPECT_EQ(std::ssize(expected), model.record.at("training").at("training_rows").get<int64_t>());
  request.split = {};
  request.validation = mixed_table(40, "validation.csv");
  const auto other = run(request).model;
  EXPECT_TRUE(recorded_split(other)->validation_table);
  EXPECT_EQ(recorded_training_rows(other, *table), rows_up_to(80));
}

TEST(RecordedSplit, OfAModelThatWasNotFittedIsNone) {
  const auto table = mixed_table(20);
  const auto model = fresh_model(*table);
  EXPECT_FALSE(recorded_split(model));
  EXPECT_EQ(message_of<UsageError>([&] { (void)recorded_training_rows(model, *table); }),
            "the model's record does not say which rows it was trained on; train it again for them");
}

}  // namespace
}  // namespace attune::testing
