// SPDX-License-Identifier: Apache-2.0
#include "attune/train/training_data.hpp"

#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::FloatEq;

/// Ten rows of class a, four of b, one of c; one number for each.
std::shared_ptr<const Table> uneven_table() {
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < 15; ++i) {
    rows.push_back({"word", "Delft", "1", "2", i < 10 ? "a" : i < 14 ? "b" : "c", std::to_string(i)});
  }
  return make_table(mixed_columns(), rows, "uneven.csv");
}

TEST(ReadLabelled, HoldsLengthsAndTargetsOfItsRows) {
  const auto table = mixed_table(90);
  const auto model = fresh_model(*table);
  const auto data = read_labelled(model, table, {5, 80, 2}, *make_executor(2));
  EXPECT_THAT(data.rows, ElementsAre(5, 80, 2));
  EXPECT_EQ(data.lengths, model.token_counts(*table, data.columns, data.rows, *make_executor(1)));
  ASSERT_EQ(data.targets.size(), 2U);
  EXPECT_THAT(std::get<ClassTargets>(data.targets[0]), ElementsAre(2, 2, 2));  // row % 3
  EXPECT_EQ(std::get<ValueTargets>(data.targets[1]).size(), 3U);
  EXPECT_EQ(data.unseen_labels, 0);
  EXPECT_EQ(data.truncated_rows, 0);
}

TEST(ReadLabelled, CountsLabelsNeverSeen) {
  const auto model = fresh_model(*mixed_table(30));
  auto rows = mixed_rows(6);
  rows[1][4] = "awful";
  rows[4][4] = "";
  EXPECT_EQ(labelled(model, make_table(mixed_columns(), rows)).unseen_labels, 2);
}

TEST(ClassWeights, AreNoneUnlessBalanced) {
  const auto model = fresh_model(*uneven_table());
  EXPECT_THAT(class_weights(model, "none"), ElementsAre(ElementsAre(), ElementsAre()));
}

TEST(ClassWeights, GiveEveryClassTheSameTotal) {
  const auto model = fresh_model(*uneven_table());
  // 15 rows, 3 classes: each class is to weigh 5 in all.
  EXPECT_THAT(class_weights(model, "balanced"),
              ElementsAre(ElementsAre(DoubleEq(0.5), DoubleEq(1.25), DoubleEq(5.0)), ElementsAre()));
}

TEST(TrainingBatchWeights, AddUpToOneOverKnownRows) {
  const auto table = uneven_table();
  const auto model = fresh_model(*table);
  auto rows = std::vector<std::vector<std::string>>{{"w", "Delft", "1", "2", "a", "3"},
                                                    {"w", "Delft", "1", "2", "never seen", "3"},
                                                    {"w", "Delft", "1", "2", "c", "3"},
                                                    {"w", "Delft", "1", "2", "a", "3"}};
  const auto data = labelled(model, make_table(mixed_columns(), rows));
  const auto plain = batch_of(data, {0, 1, 2, 3}, class_weights(model, "none"));
  EXPECT_THAT(plain.weights, ElementsAre(ElementsAre(FloatEq(1.0F / 3), 0, FloatEq(1.0F / 3), FloatEq(1.0F / 3)),
                                         ElementsAre(0.25F, 0.25F, 0.25F, 0.25F)));
  // 0.5, -, 5, 0.5 over their sum of 6.
  const auto balanced = batch_of(data, {0, 1, 2, 3}, class_weights(model, "balanced"));
  EXPECT_THAT(balanced.weights[0], ElementsAre(FloatEq(0.5F / 6), 0, FloatEq(5.0F / 6), FloatEq(0.5F / 6)));
  EXPECT_THAT(balanced.weights[1], ElementsAre(0.25F, 0.25F, 0.25F, 0.25F));
}

TEST(TrainingBatchWeights, OfRowsWithoutKnownLabelAreZero) {
  const auto model = fresh_model(*uneven_table());
  const auto data = labelled(model, make_table(mixed_columns(), {{"w", "Delft", "1", "2", "new", "3"}}));
  EXPECT_THAT(batch_of(data, {0}, class_weights(model, "none")).weights[0], ElementsAre(0));
  EXPECT_THAT(batch_of(data, {0}, class_weights(model, "balanced")).weights[0], ElementsAre(0));
}

TEST(TrainingBatch, TakesRowsAndTargetsAtItsPositions) {
  const auto table = mixed_table(30);
  const auto model = fresh_model(*table);
  const auto data = read_labelled(model, table, {20, 21, 22, 23}, *make_executor(1));
  const auto batch = batch_of(data, {3, 0}, class_weights(model, "none"));
  EXPECT_THAT(batch.rows, ElementsAre(23, 20));
  EXPECT_THAT(std::get<ClassTargets>(batch.targets[0]), ElementsAre(2, 2));
  const auto& prices = std::get<ValueTargets>(data.targets[1]);
  EXPECT_THAT(std::get<ValueTargets>(batch.targets[1]), ElementsAre(prices[3], prices[0]));
  EXPECT_THAT(batch.shards, ElementsAre(std::pair{0, 1}, std::pair{1, 2}));
}

TEST(TrainingBatch, OfOneRowIsOneShard) {
  const auto table = mixed_table(30);
  const auto model = fresh_model(*table);
  EXPECT_THAT(batch_of(labelled(model, table), {7}, class_weights(model, "none")).shards, ElementsAre(std::pair{0, 1}));
}

}  // namespace
}  // namespace attune::testing
