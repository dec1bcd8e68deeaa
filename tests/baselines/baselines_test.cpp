// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "attune/baselines/baseline.hpp"
#include "attune/core/error.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using Cells = std::vector<std::vector<std::string>>;

std::vector<int64_t> all_of(const Table& table) {
  std::vector<int64_t> rows(static_cast<size_t>(table.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

Schema schema_of(const std::vector<std::string>& types) {
  Schema schema;
  for (size_t i = 0; i < types.size(); ++i)
    schema.inputs.push_back({"c" + std::to_string(i), types[i], {"c" + std::to_string(i)}});
  return schema;
}

std::shared_ptr<const Table> table_of(const Cells& rows, size_t columns) {
  std::vector<std::string> names;
  for (size_t i = 0; i < columns; ++i) names.push_back("c" + std::to_string(i));
  return make_table(names, rows);
}

/// What each baseline that is fitted on some rows says of others, by name.
std::map<std::string, Targets> predictions(const std::vector<std::string>& types, const Cells& training,
                                           const Targets& answers, const Cells& asked) {
  Executor executor(2);
  const auto table = table_of(training, types.size()), other = table_of(asked, types.size());
  const BaselineInputs inputs(schema_of(types), *table, all_of(*table), executor);
  const auto cut = inputs.cut(*other, all_of(*other), executor);
  std::map<std::string, Targets> result;
  for (const auto& baseline : baselines_for(inputs, std::holds_alternative<ClassTargets>(answers) ? 2 : 0)) {
    baseline->fit(inputs, answers, {executor});
    result.emplace(baseline->name(), baseline->predict(cut));
  }
  return result;
}

std::vector<std::string> names_for(const std::vector<std::string>& types, const Cells& rows, int64_t classes) {
  Executor executor(1);
  const auto table = table_of(rows, types.size());
  std::vector<std::string> names;
  for (const auto& baseline : baselines_for({schema_of(types), *table, all_of(*table), executor}, classes))
    names.push_back(baseline->name());
  return names;
}

TEST(Baselines, SuitTheInputsAndTheOutput) {
  const std::string multinomial = "naive Bayes, multinomial", bernoulli = "naive Bayes, Bernoulli";
  EXPECT_THAT(names_for({"text"}, {{"a b"}}, 2),
              ElementsAre("majority class", multinomial + ", words", bernoulli + ", words",
                          multinomial + ", characters", bernoulli + ", characters", "logistic regression, words"));
  EXPECT_THAT(names_for({"text", "numbers"}, {{"很好", "1"}}, 0), ElementsAre("mean", "ridge regression, characters"));
  EXPECT_THAT(names_for({"category", "numbers"}, {{"a", "1"}}, 3),
              ElementsAre("majority class", "naive Bayes, categories", "logistic regression"));
  EXPECT_THAT(names_for({"numbers"}, {{"1"}}, 2), ElementsAre("majority class", "logistic regression"));
  EXPECT_THAT(names_for({"numbers"}, {{"1"}}, 0), ElementsAre("mean", "ridge regression"));
}

TEST(Baselines, LearnWhatWordsAndCategoriesTell) {
  Cells rows;
  ClassTargets labels;
  for (int i = 0; i < 30; ++i) {
    labels.push_back(i % 3 == 0 ? 1 : 0);
    rows.push_back({std::string(i % 3 == 0 ? "good" : "bad") + " film number " + std::to_string(i)});
  }
  for (const auto& [name, said] : predictions({"text"}, rows, labels, {{"good one"}, {"a bad one"}})) {
    const auto expected = name == "majority class" ? ClassTargets{0, 0} : ClassTargets{1, 0};
    EXPECT_EQ(std::get<ClassTargets>(said), expected) << name;
  }
  for (auto& row : rows) row = {row[0].substr(0, 3)};
  for (const auto& [name, said] : predictions({"category"}, rows, labels, {{"goo"}, {"bad"}})) {
    const auto expected = name == "majority class" ? ClassTargets{0, 0} : ClassTargets{1, 0};
    EXPECT_EQ(std::get<ClassTargets>(said), expected) << name;
  }
}

TEST(Baselines, LearnNumbers) {
  Cells rows;
  ValueTargets targets;
  for (int i = 0; i < 60; ++i) {
    rows.push_back({std::to_string(i), i % 2 == 0 ? "even" : "odd"});
    targets.push_back(1000 + 3 * i + (i % 2 == 0 ? 50 : 0));
  }
  const auto said = predictions({"numbers", "category"}, rows, targets, {{"10", "even"}, {"90", "odd"}});
  const auto ridge = std::get<ValueTargets>(said.at("ridge regression"));
  EXPECT_NEAR(ridge[0], 1080, 1);
  EXPECT_NEAR(ridge[1], 1270, 2);
  EXPECT_NEAR(std::get<ValueTargets>(said.at("mean"))[0], 1000 + 3 * 29.5 + 25, 1e-9);
}

struct AwkwardCase {
  std::string name;
  std::vector<std::string> types;
  Cells training;
  Targets answers;
  Cells asked;
};

std::string long_text() {
  std::string text;
  while (text.size() < 100'000) text += "word" + std::to_string(text.size() % 977) + " ";
  return text;
}

std::vector<AwkwardCase> awkward_cases() {
  const Cells four_empty(4, {""});
  const Cells four_equal(4, {"the same text"});
  const ClassTargets halves = {0, 1, 0, 1};
  const ValueTargets numbers = {1, 2, 3, 4};
  return {
      {"one class", {"text"}, {{"a"}, {"b"}, {"c"}, {"d"}}, ClassTargets{1, 1, 1, 1}, {{"a"}, {"new"}}},
      {"all texts empty", {"text"}, four_empty, halves, {{""}, {"new"}}},
      {"all texts empty, a number", {"text"}, four_empty, numbers, {{""}, {"new"}}},
      {"all texts alike", {"text"}, four_equal, halves, {{"the same text"}, {""}}},
      {"a long text", {"text"}, {{long_text()}, {"b"}, {"c"}, {"d"}}, halves, {{long_text()}, {"b"}}},
      {"one row", {"text"}, {{"a"}}, ClassTargets{1}, {{"b"}, {""}}},
      {"all missing", {"numbers"}, {{""}, {"NA"}, {"?"}, {"-"}}, halves, {{""}, {"5"}}},
      {"constant", {"numbers"}, {{"7"}, {"7"}, {"7"}, {"7"}}, halves, {{"7"}, {"8"}}},
      {"overflowing", {"numbers"}, {{"1e308"}, {"-1e308"}, {"1e308"}, {"-1e308"}}, numbers, {{"1e308"}, {"-1.7e308"}}},
      {"overflowing targets",
       {"numbers"},
       {{"1"}, {"2"}, {"3"}, {"4"}},
       ValueTargets{1e308, -1e308, 1e308, 1e308},
       {{"1"}, {"1e300"}}},
      {"empty categories", {"category"}, four_empty, halves, {{""}, {"new"}}}};
}

TEST(Baselines, AwkwardTables) {
  for (const auto& c : awkward_cases()) {
    const auto all = predictions(c.types, c.training, c.answers, c.asked);
    EXPECT_GE(all.size(), 2U) << c.name;
    for (const auto& [name, said] : all) {
      if (const auto* classes = std::get_if<ClassTargets>(&said)) {
        ASSERT_EQ(classes->size(), c.asked.size()) << c.name << ", " << name;
        const auto& known = std::get<ClassTargets>(c.answers);
        for (const int64_t one : *classes)
          EXPECT_NE(std::find(known.begin(), known.end(), one), known.end()) << c.name << ", " << name;
      } else {
        ASSERT_EQ(std::get<ValueTargets>(said).size(), c.asked.size()) << c.name << ", " << name;
        for (const double one : std::get<ValueTargets>(said)) EXPECT_TRUE(std::isfinite(one)) << c.name << ", " << name;
      }
    }
  }
}

TEST(Baselines, AThousandClasses) {
  Cells rows, asked;
  ClassTargets labels;
  for (int i = 0; i < 1000; ++i) {
    rows.push_back({"w" + std::to_string(i)});
    labels.push_back(i);
  }
  asked = {{"w7 new"}, {"w999"}};
  const auto all = predictions({"text"}, rows, labels, asked);
  for (const auto* name :
       {"naive Bayes, multinomial, words", "naive Bayes, Bernoulli, words", "logistic regression, words"})
    EXPECT_EQ(std::get<ClassTargets>(all.at(name)), (ClassTargets{7, 999})) << name;
}

TEST(Baselines, AreTheSameForEveryNumberOfThreadsAndEveryTime) {
  Cells rows;
  ClassTargets labels;
  for (int i = 0; i < 300; ++i) {
    rows.push_back({"word" + std::to_string(i * 37 % 41) + " word" + std::to_string(i * 11 % 29)});
    labels.push_back((i * 37 % 41 + i % 7) % 3);
  }
  const auto table = table_of(rows, 1);
  std::vector<std::vector<Targets>> runs;
  for (const int threads : {1, 3, 1}) {
    Executor executor(threads);
    const BaselineInputs inputs(schema_of({"text"}), *table, all_of(*table), executor);
    auto& run = runs.emplace_back();
    for (const auto& baseline : baselines_for(inputs, 3)) {
      baseline->fit(inputs, labels, {executor});
      run.push_back(baseline->predict(inputs.training()));
    }
  }
  ASSERT_EQ(runs[0].size(), 6U);
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(runs[0], runs[2]);
}

TEST(Baselines, AreStopped) {
  Executor executor(1);
  const auto table = table_of({{"a"}, {"b"}, {"c"}, {"d"}}, 1);
  const BaselineInputs inputs(schema_of({"text"}), *table, all_of(*table), executor);
  const auto last = std::move(baselines_for(inputs, 2).back());
  EXPECT_THROW(last->fit(inputs, ClassTargets{0, 1, 0, 1}, {executor, [] { return true; }}), StoppedError);
}

}  // namespace
}  // namespace attune
