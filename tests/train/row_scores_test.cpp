// SPDX-License-Identifier: Apache-2.0
#include "attune/train/row_scores.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/evaluation.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// An output fitted on these cells.
std::shared_ptr<const OutputFeature> fitted(const std::string& type, const std::vector<std::string>& cells) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& cell : cells) rows.push_back({"word", cell});
  const auto table = make_table({"review", "answer"}, rows);
  const Schema schema{.inputs = {{.name = "review", .type = "text", .columns = {"review"}}},
                      .outputs = {{.name = "answer", .type = type, .columns = {"answer"}}}};
  return fresh_model(*table, schema).outputs()[0];
}

TEST(RowScores, OfClassesSayWhichRowsAreRight) {
  const auto output = fitted("category", {"a", "b", "c", "a"});
  const Scores scores{.rows = 4, .columns = 3, .values = {1, 2, 0, /**/ 3, -1, 3, /**/ 0, 0, 1, /**/ 5, 1, 1}};
  EXPECT_EQ(std::get<ClassTargets>(predictions_of(*output, scores)), (ClassTargets{1, 0, 2, 0}))
      << "of equal ones the first";
  EXPECT_THAT(row_scores(*output, ClassTargets{1, 2, 2, -1}, scores), ElementsAre(1, 0, 1, 0))
      << "a label that is no class is never right";
  EXPECT_THAT(row_scores(ClassTargets{0, 1}, ClassTargets{0, 0}), ElementsAre(1, 0));
}

TEST(RowScores, OfNumbersAreSquaredErrorsInTheColumnsUnit) {
  const auto output = fitted("number", {"10", "20", "30", "40"});  // mean 25, deviation sqrt(125)
  const double deviation = output->in_unit(1) - output->in_unit(0);
  EXPECT_NEAR(deviation * deviation, 125, 1e-3);
  const Scores scores{.rows = 3, .columns = 1, .values = {0, 1, -2}};
  const auto targets = ValueTargets{0, 0, -2.5};
  EXPECT_NEAR(std::get<ValueTargets>(in_unit(*output, targets))[0], 25, 1e-9);
  const auto found = row_scores(*output, targets, scores);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_NEAR(found[0], 0, 1e-6);
  EXPECT_NEAR(found[1], 125, 1e-2);
  EXPECT_NEAR(found[2], 125 / 4.0, 1e-2);
  EXPECT_THAT(row_scores(ValueTargets{3, -1}, ValueTargets{1, -1}), ElementsAre(DoubleEq(4), DoubleEq(0)));
}

TEST(RowScores, OfNoRowsAreNone) {
  EXPECT_THAT(row_scores(*fitted("category", {"a", "b"}), ClassTargets{}, {.rows = 0, .columns = 2, .values = {}}),
              IsEmpty());
  EXPECT_THAT(row_scores(*fitted("number", {"1", "2"}), ValueTargets{}, {.rows = 0, .columns = 1, .values = {}}),
              IsEmpty());
}

/// Their mean is the figure that evaluate() gives.
TEST(RowScores, AreWhatTheMetricsAreMeansOf) {
  const auto table = mixed_table(60);
  const auto model = fresh_model(*table);
  const auto rows = labelled(model, table);
  const auto executor = make_executor(1);
  const auto scores = model.score(*table, rows.rows, *executor);
  const auto metrics = evaluate(model, rows, *executor);
  for (const auto& [output, figure] : {std::pair<size_t, const char*>{0, "accuracy"}, {1, "mean_squared_error"}}) {
    double sum = 0;
    for (const double score : row_scores(*model.outputs()[output], rows.targets[output], scores[output])) sum += score;
    const auto expected = metrics[output].at(figure).get<double>();
    EXPECT_NEAR(sum / 60, expected, 1e-9 * std::max(1.0, expected)) << figure;
  }
}

TEST(RowScores, RefuseRowsThatDoNotBelongTogether) {
  EXPECT_EQ(message_of<UsageError>([] { (void)row_scores(ClassTargets{1}, ValueTargets{1}); }),
            "row scores: expected predictions and truth of one kind, found classes and numbers");
  EXPECT_EQ(message_of<UsageError>([] {
              (void)row_scores(ClassTargets{1}, ClassTargets{1, 2});
            }),
            "row scores: expected as many predictions as there are rows, found 1 for 2");
}

}  // namespace
}  // namespace attune::testing
