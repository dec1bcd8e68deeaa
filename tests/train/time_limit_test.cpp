// SPDX-License-Identifier: Apache-2.0
#include "time_limit.hpp"

#include <gmock/gmock.h>

#include "attune/ops/threads.hpp"
#include "support/temporary_folder.hpp"
#include "train_fixtures.hpp"
#include "training.hpp"

namespace attune::testing {
namespace {

using std::chrono::minutes;

const auto kLongAgo = TimeLimit::Clock::now() - minutes(60);

TEST(TimeLimit, CountsFromItsBegin) {
  EXPECT_FALSE(TimeLimit().exists());
  EXPECT_FALSE(TimeLimit(0, kLongAgo).exists());
  EXPECT_EQ(TimeLimit(0, kLongAgo).seconds_left(), std::numeric_limits<double>::infinity());
  EXPECT_LE(TimeLimit(59, kLongAgo).seconds_left(), -60);
  EXPECT_GT(TimeLimit(100, kLongAgo).seconds_left(), 0);
}

TEST(TimeLimit, HasParts) {
  EXPECT_FALSE(TimeLimit().part(0.5).exists());
  EXPECT_FALSE(TimeLimit().part(0.5).is_up(1e9));
  const auto half = TimeLimit(100, kLongAgo).part(0.5);
  EXPECT_LE(half.seconds_left(), 20 * 60);
  EXPECT_GT(half.seconds_left(), 10 * 60);
  EXPECT_TRUE(TimeLimit(59, kLongAgo).part(0.5).is_up(0));
}

/// 48 rows in steps of 16, validated on 24; the time is up from the start.
struct Late {
  TrainResult run(const TrainConfig& config, bool validated = true, const TrainCallbacks& callbacks = {}) {
    const auto none = no_rows(model, table);
    return Training({model, training, validated ? validation : none, config, 1, *executor, callbacks, step}, limit,
                    checkpoints)
        .run();
  }
  TrainResult run_with_linear_parts_that_take(double seconds) {
    return Training({model, training, validation, steady(2), 1, *executor, {}, step, seconds}, limit, checkpoints)
        .run();
  }
  TimeLimit limit = TimeLimit(1, kLongAgo);
  std::shared_ptr<const Table> table = mixed_table(48);
  Model model = fresh_model(*table, mixed_schema({"grade"}));
  LabelledRows training = labelled(model, table), validation = labelled(model, mixed_table(40, "validation.csv"));
  std::unique_ptr<Executor> executor = make_executor(2);
  ShardedStep step;
  Checkpointing checkpoints = Checkpointing({}, 0, {});
};

TEST(TimeLimit, LeavesOneStepWhichIsValidatedAndKept) {
  for (const bool validated : {true, false}) {
    Late late;
    std::string after;
    TrainCallbacks callbacks;
    callbacks.on_step = [&](const TrainProgress& progress) {
      after = tensor_digest(late.model);
      EXPECT_EQ(progress.seconds_left, 0.0);
    };
    const auto result = late.run(steady(4), validated, callbacks);
    EXPECT_EQ(result.end, TrainEnd::kTimeLimit);
    EXPECT_EQ(result.steps, 1);
    EXPECT_EQ(result.best_epoch, 1);
    ASSERT_EQ(result.history.size(), 1U);
    EXPECT_TRUE(result.history[0].best);
    EXPECT_EQ(result.history[0].validation_loss.has_value(), validated);
    EXPECT_EQ(tensor_digest(late.model), after);
    EXPECT_EQ(late.model.temperature(0) != 1.0, validated) << "calibrated";
  }
}

TEST(TimeLimit, EndsBetweenEpochsAsWell) {
  Late late;
  const auto result = late.run(steady(4, /*batch_size=*/48));
  EXPECT_EQ(result.end, TrainEnd::kTimeLimit);
  EXPECT_EQ(result.steps, 1);
  EXPECT_EQ(result.history.size(), 1U) << "the epoch was complete, and none is compared twice";
}

TEST(TimeLimit, LeavesTimeForWhatLinearPartsHaveToSay) {
  for (const auto& [seconds, end] : {std::pair{1.0, TrainEnd::kFinished}, {1e6, TrainEnd::kTimeLimit}}) {
    Late early;
    early.limit = TimeLimit(1000, TimeLimit::Clock::now());
    EXPECT_EQ(early.run_with_linear_parts_that_take(seconds).end, end);
  }
}

TEST(TimeLimit, OfATrainingThatIsOverIsNoEnd) {
  Late late;
  EXPECT_EQ(late.run(steady(1, /*batch_size=*/48)).end, TrainEnd::kFinished);
}

}  // namespace
}  // namespace attune::testing
