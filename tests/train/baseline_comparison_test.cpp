// SPDX-License-Identifier: Apache-2.0
#include "attune/train/baseline_comparison.hpp"

#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/evaluation.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

/// The scores as those of a network alone.
std::vector<Opinions> as_opinions(const std::vector<Scores>& scores) {
  std::vector<Opinions> opinions;
  for (const auto& of_output : scores) opinions.push_back({.network = of_output, .linear = {}});
  return opinions;
}

using Cells = std::vector<std::vector<std::string>>;

/// Rows (word, class, number): the word says the class; the number grows with the row.
Cells worded_rows(int count) {
  Cells rows;
  for (int i = 0; i < count; ++i)
    rows.push_back({i % 4 == 0 ? "bad" : "good", i % 4 == 0 ? "no" : "yes", std::to_string(i)});
  return rows;
}

std::shared_ptr<const Table> table_of(const Cells& rows, const std::string& name = "words.csv") {
  return make_table({"word", "class", "number"}, rows, name);
}

Schema schema_of(const std::string& output, const std::string& type) {
  Schema schema;
  schema.inputs = {{"word", "text", {"word"}}};
  schema.outputs = {{output, type, {output}}};
  return schema;
}

/// The baselines' list beside a model that answers `scores` to every row.
struct Compared {
  Json metrics;
  std::vector<std::string> notes;
  [[nodiscard]] const Json& list() const { return metrics.at(0).at("baselines"); }
};

Compared compare(const std::shared_ptr<const Table>& training, const std::shared_ptr<const Table>& measured,
                 const Schema& schema, const std::vector<float>& scores, std::function<bool()> should_stop = {}) {
  const auto model = fresh_model(*training, schema);
  answer_always(model, 0, scores);
  const auto executor = make_executor(2);
  const auto data = labelled(model, measured);
  const auto answers = model.score(*measured, data.rows, *executor);
  Compared result{evaluate(model, data, as_opinions(answers)), {}};
  const auto note = [&](const std::string& text) { result.notes.push_back(text); };
  compare_with_baselines(result.metrics, model, *training, rows_up_to(training->rows()), data, answers,
                         {*executor, std::move(should_stop), note});
  return result;
}

TEST(BaselineComparison, ByHand) {
  // The model says "no" to every row: 10 of 40 are right. The majority class, "yes", is right for 30, the words for
  // all.
  const auto result =
      compare(table_of(worded_rows(60)), table_of(worded_rows(40)), schema_of("class", "category"), {5, 0});
  const auto& list = result.list();
  ASSERT_EQ(list.size(), 6U);
  EXPECT_EQ(list[0].at("name"), "majority class");
  EXPECT_EQ(list[0].at("accuracy"), 0.75);
  EXPECT_EQ(list[0].at("balanced_accuracy"), 0.5);
  EXPECT_EQ(list[0].at("difference"), -0.5);
  EXPECT_EQ(list[0].at("better"), false);
  EXPECT_LT(list[0].at("interval")[0], -0.5);
  EXPECT_LT(list[0].at("interval")[1], 0);
  for (size_t b = 1; b < list.size(); ++b) {
    EXPECT_EQ(list[b].at("accuracy"), 1.0) << list[b].dump();
    EXPECT_EQ(list[b].at("difference"), -0.75) << list[b].dump();
  }
  EXPECT_TRUE(result.notes.empty());
}

TEST(BaselineComparison, BetterEqualAndTooFew) {
  const auto schema = schema_of("class", "category");
  const auto training = table_of(worded_rows(60));
  // Measured on "no" alone, the model is always right and the majority class never.
  const Cells no(12, {"bad", "no", "1"});
  EXPECT_EQ(compare(training, table_of(no), schema, {5, 0}).list()[0].at("better"), true);
  EXPECT_EQ(compare(training, table_of(no), schema, {0, 5}).list()[0].at("better"), nullptr);  // both never
  EXPECT_EQ(compare(training, table_of(Cells(9, no[0])), schema, {5, 0}).list()[0].at("better"), nullptr);
}

TEST(BaselineComparison, UnseenLabelsAreWrongForAll) {
  const auto result = compare(table_of(worded_rows(60)), table_of(Cells(20, {"good", "maybe", "1"})),
                              schema_of("class", "category"), {0, 5});
  for (const auto& one : result.list()) {
    EXPECT_EQ(one.at("accuracy"), 0.0) << one.dump();
    EXPECT_EQ(one.at("difference"), 0.0) << one.dump();
    EXPECT_EQ(one.at("better"), nullptr) << one.dump();
  }
}

TEST(BaselineComparison, OfNumbersALowerErrorIsBetter) {
  // Trained on 0 .. 59: mean 29.5. A score of 0 is the training mean, as the first baseline is.
  const auto training = table_of(worded_rows(60)), same = table_of(worded_rows(60));
  const auto schema = schema_of("number", "number");
  const auto equal = compare(training, same, schema, {0});
  ASSERT_EQ(equal.list().size(), 2U);
  EXPECT_EQ(equal.list()[0].at("name"), "mean");
  EXPECT_NEAR(equal.list()[0].at("mean_squared_error"), (60.0 * 60 - 1) / 12, 1e-9);
  EXPECT_NEAR(equal.list()[0].at("r2"), 0, 1e-9);
  EXPECT_NEAR(equal.list()[0].at("difference"), 0, 1e-6);
  const auto worse = compare(training, same, schema, {3});
  EXPECT_GT(worse.list()[0].at("difference"), 0);
  EXPECT_EQ(worse.list()[0].at("better"), false);
  const Cells high(20, {"good", "c", "59"});
  EXPECT_EQ(compare(training, table_of(high), schema, {1.7F}).list()[0].at("better"), true);
}

TEST(BaselineComparison, FiguresThatOverflowAreNull) {
  Cells rows;
  for (int i = 0; i < 20; ++i) rows.push_back({"a", "c", i % 2 == 0 ? "1e300" : "-1e300"});
  for (const auto& one : compare(table_of(rows), table_of(rows), schema_of("number", "number"), {0}).list()) {
    EXPECT_EQ(one.at("mean_squared_error"), nullptr);
    EXPECT_EQ(one.at("difference"), nullptr);
    EXPECT_EQ(one.at("interval"), nullptr);
    EXPECT_EQ(one.at("better"), nullptr);
  }
}

TEST(BaselineComparison, StoppedItLeavesTheMetricsAlone) {
  const auto training = table_of(worded_rows(60));
  EXPECT_THROW((void)compare(training, training, schema_of("class", "category"), {5, 0}, [] { return true; }),
               StoppedError);
}

TEST(BaselineComparison, SaysThatRowsAreSampled) {
  Cells rows(kMostBaselineRows + 1, {"good", "yes", "1"});
  rows[0] = {"bad", "no", "1"};
  const auto training = table_of(rows);
  const auto few = table_of({rows[0], rows[1]});
  const auto model = fresh_model(*few, schema_of("class", "category"));
  const auto executor = make_executor(2);
  const auto data = labelled(model, few);
  const auto scores = model.score(*few, data.rows, *executor);
  auto metrics = evaluate(model, data, as_opinions(scores));
  std::vector<std::string> notes;
  compare_with_baselines(metrics, model, *training, rows_up_to(training->rows()), data, scores,
                         {*executor, {}, [&](const std::string& note) { notes.push_back(note); }});
  EXPECT_THAT(notes, ::testing::ElementsAre("baselines are fitted on 200,000 of 200,001 training rows"));
}

}  // namespace
}  // namespace attune::testing
