// SPDX-License-Identifier: Apache-2.0
#include "attune/train/trainer.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>
#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/evaluation.hpp"
#include "attune/train/optimizer.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A model of the mixed table's grade and the rows to train (48) and validate (24) it on.
struct Task {
  explicit Task(const std::vector<std::string>& outputs = {"grade"}, const ModelConfig& config = small_config())
      : table(mixed_table(48)),
        model(fresh_model(*table, mixed_schema(outputs), config)),
        training(labelled(model, table)),
        validation(labelled(model, mixed_table(24, "validation.csv"))) {}
  TrainResult run(const TrainConfig& config, const TrainCallbacks& callbacks = {},
                  const GradientStep& step = ShardedStep()) {
    return train(model, training, validation, config, 1, *executor, callbacks, step);
  }
  void drop_validation() { validation = no_rows(model, table); }

  std::shared_ptr<const Table> table;
  Model model;
  LabelledRows training, validation;
  std::unique_ptr<Executor> executor = make_executor(2);
};

constexpr int64_t kStepsAnEpoch = 3;  // 48 rows by 16

/// The weights after each epoch.
struct EpochDigests {
  explicit EpochDigests(const Model& model) {
    callbacks.on_epoch = [this, &model](const EpochRecord& record) { after[record.epoch] = tensor_digest(model); };
  }
  std::map<int64_t, std::string> after;
  TrainCallbacks callbacks;
};

/// Learns for some epochs, then says the contrary, and goes on to unlearn.
ScriptedStep unlearning_after(int64_t epochs) {
  return ScriptedStep([=](int64_t step, const Model& model, Gradients gradients) {
    const at::NoGradGuard no_gradients;
    if (step < epochs * kStepsAnEpoch) return gradients;
    if (step == epochs * kStepsAnEpoch) {
      for (const auto* part : {"weight", "bias"})
        model.network().parameters().get(std::string("head.0.scores.") + part).neg_();
    }
    for (auto& value : gradients.values) {
      if (value.defined()) value.neg_();
    }
    return gradients;
  });
}

/// One epoch per entry: all rows get these scores.
ScriptedStep answering(const std::vector<std::vector<float>>& scores) {
  return ScriptedStep([=](int64_t step, const Model& model, Gradients gradients) {
    answer_always(model, 0, scores.at(static_cast<size_t>(step)));
    for (auto& value : gradients.values) value = Tensor();
    return gradients;
  });
}

TEST(Train, LearnsWhatCanBeLearnt) {
  const auto table = mixed_table(150);
  auto model = fresh_model(*table, mixed_schema({"grade"}));
  // Rows without a review say nothing of their grade, so words that tell are put in front of all.
  auto rows = mixed_rows(150);
  for (size_t r = 0; r < rows.size(); ++r)
    rows[r][0] = (r % 3 == 0 ? "poor " : r % 3 == 1 ? "plain " : "great ") + rows[r][0];
  const auto telling = make_table(mixed_columns(), rows);
  model = fresh_model(*telling, mixed_schema({"grade"}));
  const auto data = labelled(model, telling);
  const auto executor = make_executor(2);
  const double before = watch(data, model.score(*telling, data.rows, *executor)).metric;
  EXPECT_LT(before, 0.7);
  const auto result = train(model, data, no_rows(model, telling), steady(15), 1, *executor);
  EXPECT_EQ(result.end, TrainEnd::kFinished);
  EXPECT_GT(watch(data, model.score(*telling, data.rows, *executor)).metric, 0.97);
  EXPECT_LT(result.history.back().training_loss, 0.5 * result.history.front().training_loss);
}

TEST(Train, WithoutValidationKeepsTheLastEpoch) {
  Task task;
  task.drop_validation();
  EpochDigests epochs(task.model);
  const auto result = task.run(steady(4), epochs.callbacks, unlearning_after(2));
  EXPECT_EQ(result.end, TrainEnd::kFinished);
  EXPECT_EQ(result.best_epoch, 4);
  EXPECT_EQ(result.steps, 4 * kStepsAnEpoch);
  EXPECT_EQ(tensor_digest(task.model), epochs.after.at(4));
  EXPECT_EQ(task.model.temperature(0), 1.0);
  ASSERT_EQ(result.history.size(), 4U);
  for (const auto& epoch : result.history) EXPECT_EQ(epoch.best, epoch.epoch == 4);
  EXPECT_FALSE(result.history[0].validation_loss.has_value());
  EXPECT_FALSE(result.history[0].validation_metric.has_value());
}

TEST(Train, NeedsNoValidationTable) {
  const auto table = mixed_table(12);
  auto model = fresh_model(*table);
  const auto result = train(model, labelled(model, table), LabelledRows{}, steady(1, 4), 1, *make_executor(1));
  EXPECT_EQ(result.end, TrainEnd::kFinished);
  EXPECT_EQ(result.best_epoch, 1);
}

TEST(Train, StopsEarlyAndRestoresTheBestEpoch) {
  Task task;
  EpochDigests epochs(task.model);
  auto config = steady(9);
  config.patience = 2;
  const auto result = task.run(config, epochs.callbacks, unlearning_after(3));
  EXPECT_EQ(result.end, TrainEnd::kEarly);
  EXPECT_EQ(result.best_epoch, 3);
  ASSERT_EQ(result.history.size(), 5U);
  EXPECT_EQ(result.steps, 5 * kStepsAnEpoch);
  EXPECT_TRUE(result.history[2].best);
  EXPECT_FALSE(result.history[3].best);
  EXPECT_NE(epochs.after.at(5), epochs.after.at(3));
  EXPECT_EQ(tensor_digest(task.model), epochs.after.at(3));

  Task shorter;
  EXPECT_EQ(shorter.run(steady(3)).best_epoch, 3);
  EXPECT_EQ(tensor_digest(task.model), tensor_digest(shorter.model)) << "a run that ended there has the same weights";
}

TEST(Train, KeepsTheLastEpochWhenAsked) {
  Task task;
  EpochDigests epochs(task.model);
  auto config = steady(6);
  config.patience = 2;
  config.select = "last";
  const auto result = task.run(config, epochs.callbacks, unlearning_after(3));
  EXPECT_EQ(result.end, TrainEnd::kFinished);
  EXPECT_EQ(result.best_epoch, 6);
  for (const auto& epoch : result.history) EXPECT_EQ(epoch.best, epoch.epoch == 6);
  EXPECT_EQ(tensor_digest(task.model), epochs.after.at(6));
}

TEST(Train, WithoutPatienceNeverStopsAndStillRestores) {
  Task task;
  EpochDigests epochs(task.model);
  const auto result = task.run(steady(9), epochs.callbacks, unlearning_after(3));
  EXPECT_EQ(result.end, TrainEnd::kFinished);
  EXPECT_EQ(result.history.size(), 9U);
  EXPECT_EQ(result.best_epoch, 3);
  EXPECT_EQ(tensor_digest(task.model), epochs.after.at(3));
}

TEST(Train, WithoutValidationHasNoPatience) {
  Task task;
  task.drop_validation();
  auto config = steady(6);
  config.patience = 1;
  EXPECT_EQ(task.run(config, {}, unlearning_after(1)).history.size(), 6U);
}

TEST(Train, PatienceThatRunsOutInTheLastEpochIsNoEarlyEnd) {
  Task task;
  auto config = steady(5);
  config.patience = 2;
  EXPECT_EQ(task.run(config, {}, unlearning_after(3)).end, TrainEnd::kFinished);
}

TEST(Train, SelectsByLossOrByMetric) {
  // Epoch 1 is right on 8 of 24 rows and sure of it, epoch 2 is undecided, with the wrong class slightly ahead.
  auto rows = mixed_rows(24);
  for (size_t r = 0; r < rows.size(); ++r) rows[r][4] = r < 10 ? "bad" : r < 16 ? "fair" : "good";
  const auto table = make_table(mixed_columns(), rows);
  for (const auto& [select, best] : {std::pair{"metric", 1}, std::pair{"loss", 2}}) {
    Task task;
    task.validation = labelled(task.model, table);
    auto config = steady(3, /*batch_size=*/48);
    config.select = select;
    const auto step = answering({{8, 0, 0}, {0, 0.1F, 0}, {0, 9, 0}});
    const auto result = task.run(config, {}, step);
    EXPECT_EQ(result.best_epoch, best) << select;
    ASSERT_EQ(result.history.size(), 3U);
    EXPECT_NEAR(*result.history[0].validation_metric, 10.0 / 24, 1e-9);
    EXPECT_NEAR(*result.history[1].validation_metric, 6.0 / 24, 1e-9);
    const double sum = 2 + std::exp(0.1);
    EXPECT_NEAR(*result.history[1].validation_loss, (18 * std::log(sum) + 6 * (std::log(sum) - 0.1)) / 24, 1e-5);
  }
}

TEST(Train, OfEqualEpochsKeepsTheFirst) {
  Task task;
  const auto result = task.run(steady(3, 48), {}, answering({{1, 0, 0}, {1, 0, 0}, {1, 0, 0}}));
  EXPECT_EQ(result.best_epoch, 1);
}

TEST(Train, CalibratesOnThirtyValidationRows) {
  for (const int64_t rows : {29, 30}) {
    Task task;
    task.validation = labelled(task.model, mixed_table(rows));
    const auto result = task.run(steady(1, 48), {}, answering({{6, 0, 0}}));
    EXPECT_EQ(result.best_epoch, 1);
    const double temperature = task.model.temperature(0);
    EXPECT_TRUE(rows < 30 ? temperature == 1.0 : temperature > 2.0) << "a third is right, while it is nearly sure";
  }
}

TEST(Train, CalibratesTheWeightsThatItKeeps) {
  auto rows = mixed_rows(32);
  for (size_t r = 0; r < rows.size(); ++r) rows[r][4] = r < 16 ? "bad" : r < 24 ? "fair" : "good";
  const auto table = make_table(mixed_columns(), rows);
  for (const int64_t epochs : {1, 2}) {  // the second is worse, and surer of it
    Task task;
    task.validation = labelled(task.model, table);
    const auto result = task.run(steady(epochs, 48), {}, answering({{6, 0, 0}, {0, 9, 0}}));
    EXPECT_EQ(result.best_epoch, 1);
    EXPECT_NEAR(task.model.temperature(0), 6 / std::log(17.0 / 9.0), 1e-3);  // 16 rows and one against 8 and one
  }
}

TEST(Train, InterruptedInTheFirstEpochKeepsTheLastStep) {
  Task task;
  std::string last;
  TrainCallbacks callbacks;
  int64_t asked = 0;
  callbacks.should_stop = [&] {
    last = tensor_digest(task.model);
    return ++asked == 2;
  };
  const auto before = tensor_digest(task.model);
  const auto result = task.run(steady(5), callbacks);
  EXPECT_EQ(result.end, TrainEnd::kInterrupted);
  EXPECT_EQ(result.best_epoch, 0);
  EXPECT_EQ(result.steps, 2);
  EXPECT_TRUE(result.history.empty());
  EXPECT_NE(last, before);
  EXPECT_EQ(tensor_digest(task.model), last);
}

TEST(Train, InterruptedLaterKeepsTheBestEpoch) {
  for (const bool with_validation : {true, false}) {
    Task task;
    if (!with_validation) task.drop_validation();
    EpochDigests epochs(task.model);
    int64_t steps = 0;
    epochs.callbacks.on_step = [&](const TrainProgress&) { ++steps; };
    epochs.callbacks.should_stop = [&] { return steps == 2 * kStepsAnEpoch + 1; };
    const auto result = task.run(steady(5), epochs.callbacks);
    EXPECT_EQ(result.end, TrainEnd::kInterrupted);
    EXPECT_EQ(result.steps, 2 * kStepsAnEpoch + 1);
    ASSERT_EQ(result.history.size(), 2U);
    EXPECT_EQ(result.best_epoch, result.history[1].best ? 2 : 1);
    EXPECT_EQ(tensor_digest(task.model), epochs.after.at(result.best_epoch));
  }
}

TEST(Train, InterruptedWhileAnEpochIsValidatedKeepsTheOneBefore) {
  for (const int64_t complete : {0, 1}) {
    Task task;
    EpochDigests epochs(task.model);
    int64_t steps = 0;
    std::atomic<bool> asked_after_step = false;
    epochs.callbacks.on_step = [&](const TrainProgress&) {
      ++steps;
      asked_after_step = false;
    };
    epochs.callbacks.should_stop = [&] {
      return asked_after_step.exchange(true) && steps == (complete + 1) * kStepsAnEpoch;
    };
    const auto result = task.run(steady(5), epochs.callbacks);
    EXPECT_EQ(result.end, TrainEnd::kInterrupted);
    EXPECT_EQ(result.steps, (complete + 1) * kStepsAnEpoch);
    EXPECT_EQ(std::ssize(result.history), complete);
    EXPECT_EQ(result.best_epoch, complete);
    if (complete > 0) {
      EXPECT_EQ(tensor_digest(task.model), epochs.after.at(complete));
    }
  }
}

TEST(Train, EndsWhenLossOrGradientIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const bool in_loss : {true, false}) {
    for (const bool with_validation : {true, false}) {
      Task task;
      if (!with_validation) task.drop_validation();
      EpochDigests epochs(task.model);
      const ScriptedStep step([&](int64_t number, const Model&, Gradients gradients) {
        if (number != 4) return gradients;
        if (in_loss) gradients.loss = std::nan("");
        if (!in_loss) gradients.values.back().fill_(infinity);
        return gradients;
      });
      const auto result = task.run(steady(5), epochs.callbacks, step);
      EXPECT_EQ(result.end, TrainEnd::kNotFinite);
      EXPECT_EQ(
          result.failure,
          "the loss is no longer finite at step 5 of 15 (epoch 2, learning rate 0.01); try a lower learning rate, "
          "a smaller clip_norm, or look for extreme numbers in the table");
      EXPECT_EQ(result.best_epoch, 1);
      EXPECT_EQ(result.steps, 4);
      EXPECT_EQ(tensor_digest(task.model), epochs.after.at(1));
    }
  }
}

/// Weights that a last step broke show in no loss.
TEST(Train, EndsWhenAnEpochLeavesBrokenWeights) {
  for (const bool with_validation : {true, false}) {
    Task task;
    if (!with_validation) task.drop_validation();
    EpochDigests epochs(task.model);
    const ScriptedStep step([&](int64_t number, const Model& model, Gradients gradients) {
      if (number == 2 * kStepsAnEpoch - 1) fill(model, "head.0.scores.bias", {0, std::nanf(""), 0});
      return gradients;
    });
    const auto result = task.run(steady(2), epochs.callbacks, step);
    EXPECT_EQ(result.end, TrainEnd::kNotFinite);
    EXPECT_THAT(result.failure,
                HasSubstr("the weights are no longer finite at step 6 of 6 (epoch 2, learning rate 0.01)"));
    EXPECT_EQ(result.best_epoch, 1);
    EXPECT_EQ(tensor_digest(task.model), epochs.after.at(1));
  }
}

TEST(Train, EndsWhenValidationScoresAreNotFinite) {
  Task task;
  const ScriptedStep step([&](int64_t, const Model& model, Gradients gradients) {
    const auto rows = static_cast<size_t>(model.network().parameters().get("head.0.scores.weight").numel());
    fill(model, "head.0.scores.weight", std::vector<float>(rows, 3e38F));
    return gradients;
  });
  const auto result = task.run(steady(1, 48), {}, step);
  EXPECT_EQ(result.end, TrainEnd::kNotFinite);
  EXPECT_THAT(result.failure, HasSubstr("the validation scores are no longer finite at step 1 of 1 (epoch 1"));
  EXPECT_EQ(result.best_epoch, 0);
}

TEST(Train, ThatBreaksInItsFirstEpochSaysSo) {
  Task task;
  task.validation = labelled(task.model, mixed_table(40));  // enough to calibrate on, had there been a model
  const ScriptedStep step([&](int64_t number, const Model& model, Gradients gradients) {
    if (number == 1) fill(model, "head.0.scores.bias", {0, std::nanf(""), 0});
    if (number == 2) gradients.loss = std::nan("");
    return gradients;
  });
  const auto result = task.run(steady(5), {}, step);
  EXPECT_EQ(result.end, TrainEnd::kNotFinite);
  EXPECT_THAT(result.failure, HasSubstr("at step 3 of 15 (epoch 1,"));
  EXPECT_EQ(result.best_epoch, 0);
  EXPECT_EQ(task.model.temperature(0), 1.0);
}

/// Against the script that made them: three 3s and a 4 have the norm sqrt(43), which clipping must not hide.
TEST(Train, TellsOfEachStep) {
  Task task;
  const ScriptedStep script([](int64_t step, const Model&, Gradients gradients) {
    const at::NoGradGuard no_gradients;
    for (auto& value : gradients.values) value = value.defined() ? at::zeros_like(value) : value;
    auto& first = gradients.values.front();
    first.view({-1}).slice(0, 0, 3).fill_(3);
    first.view({-1})[3].fill_(4);
    gradients.loss = 0.5 + static_cast<double>(step);
    return gradients;
  });
  auto config = steady(2);
  config.warmup = 0.5;
  config.clip_norm = 0.1;
  std::vector<TrainProgress> told;
  TrainCallbacks callbacks;
  callbacks.on_step = [&](const TrainProgress& progress) { told.push_back(progress); };
  (void)task.run(config, callbacks, script);
  ASSERT_EQ(told.size(), static_cast<size_t>(2 * kStepsAnEpoch));
  for (size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(told[i].step, static_cast<int64_t>(i) + 1);
    EXPECT_DOUBLE_EQ(told[i].step_loss, 0.5 + static_cast<double>(i));
    EXPECT_NEAR(told[i].gradient_norm, std::sqrt(43.0), 1e-5);
    EXPECT_DOUBLE_EQ(told[i].learning_rate, learning_rate_at(config, static_cast<int64_t>(i), std::ssize(told)));
  }
  EXPECT_LT(told[0].learning_rate, told[3].learning_rate);
}

TEST(Train, CallsBackAfterEveryStepAndEpoch) {
  Task task;
  std::vector<int64_t> epochs, rows;
  TrainCallbacks callbacks;
  callbacks.on_step = [&](const TrainProgress& progress) {
    EXPECT_EQ(progress.epoch, static_cast<int64_t>(epochs.size()) + 1);
    EXPECT_EQ(progress.epochs, 2);
    EXPECT_EQ(progress.rows_total, 48);
    EXPECT_GT(progress.loss, 0.0);
    EXPECT_GT(progress.rows_per_second, 0.0);
    EXPECT_GE(progress.seconds_left, 0.0);
    rows.push_back(progress.rows);
  };
  callbacks.on_epoch = [&](const EpochRecord& record) { epochs.push_back(record.epoch); };
  const auto result = task.run(steady(2, 20), callbacks);
  EXPECT_THAT(epochs, ElementsAre(1, 2));
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[2], 48);
  EXPECT_EQ(rows[5], 48);
  EXPECT_EQ(result.steps, 6);
}

TEST(Train, MeansTheLossOverRowsAndNotOverSteps) {
  Task task;
  task.drop_validation();
  int64_t at = 0;
  double expected = 0;
  TrainCallbacks callbacks;
  int64_t before = 0;
  std::vector<int64_t> sizes;
  callbacks.on_step = [&](const TrainProgress& progress) {
    sizes.push_back(progress.rows - before);
    before = progress.rows;
    expected += static_cast<double>(sizes.back() * (++at));
  };
  const ScriptedStep step([](int64_t number, const Model&, Gradients gradients) {
    gradients.loss = static_cast<double>(number + 1);
    return gradients;
  });
  const auto result = task.run(steady(1, 20), callbacks, step);
  EXPECT_THAT(sizes, ::testing::UnorderedElementsAre(20, 20, 8));
  EXPECT_NEAR(result.history.at(0).training_loss, expected / 48, 1e-12);
}

TEST(Train, UsesTheGradientStepGiven) {
  Task task;
  const auto before = tensor_digest(task.model);
  const ScriptedStep step([](int64_t, const Model&, Gradients gradients) {
    for (auto& value : gradients.values) value = Tensor();
    return gradients;
  });
  const auto result = task.run(steady(2), {}, step);
  EXPECT_EQ(step.steps(), 2 * kStepsAnEpoch);
  EXPECT_EQ(result.steps, step.steps());
  EXPECT_EQ(tensor_digest(task.model), before);
}

TEST(Train, WritesItsHistory) {
  Task task;
  auto config = steady(2);
  config.schedule = "cosine";
  const auto result = task.run(config);
  ASSERT_EQ(result.history.size(), 2U);
  const auto json = to_json(result.history[1]);
  std::vector<std::string> keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  EXPECT_THAT(keys, ElementsAre("epoch", "training_loss", "validation_loss", "validation_metric", "metric",
                                "learning_rate", "rows_per_second", "seconds", "best"));
  EXPECT_EQ(json["epoch"], 2);
  EXPECT_EQ(json["metric"], "accuracy");
  // The last of 6 steps.
  EXPECT_NEAR(json["learning_rate"].get<double>(), 0.005 * (1 + std::cos(5 * std::numbers::pi / 6)), 1e-9);
  EXPECT_GT(json["seconds"], 0.0);

  const auto bare = to_json(EpochRecord{
      .epoch = 1, .training_loss = 0.5, .validation_loss = {}, .validation_metric = {}, .metric = "accuracy"});
  EXPECT_FALSE(bare.contains("validation_loss"));
  EXPECT_FALSE(bare.contains("metric"));
}

TEST(Train, RefusesWhatHasNoMeaning) {
  Task task;
  EXPECT_THAT(message_of<UsageError>([&] { task.run(steady(0)); }), HasSubstr("training, field \"epochs\""));
  auto config = steady(1);
  config.schedule = "cosinus";
  EXPECT_THAT(message_of<UsageError>([&] { task.run(config); }), HasSubstr("did you mean \"cosine\"?"));
  task.training = no_rows(task.model, task.table);
  EXPECT_EQ(message_of<UsageError>([&] { task.run(steady(1)); }), "no rows are left to train on");
}

}  // namespace
}  // namespace attune::testing
