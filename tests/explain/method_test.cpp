// SPDX-License-Identifier: Apache-2.0
// The table of methods, and what holds for all of them.
#include "attune/explain/method.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <set>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "explain_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::HasSubstr;

TEST(Method, NamesAreDifferentAndFound) {
  std::set<std::string> names;
  for (const auto& method : explanation_methods()) {
    EXPECT_TRUE(names.insert(method.name).second) << method.name;
    EXPECT_EQ(&explanation_method(method.name), &method);
    EXPECT_FALSE(std::string(method.meaning).empty());
  }
  EXPECT_EQ(explanation_method_names().size(), names.size());
  EXPECT_THAT(message_of<UsageError>([] { (void)explanation_method("integrated_gradient"); }),
              HasSubstr("unknown method of explanation \"integrated_gradient\""));
  EXPECT_THAT(message_of<UsageError>([] { (void)explanation_method("integrated_gradient"); }),
              HasSubstr("integrated_gradients"));
}

TEST(Method, TheDefaultExplainsEveryModelWithoutErasing) {
  const auto& method = default_explanation_method();
  EXPECT_EQ(&explanation_method(method.name), &method);
  EXPECT_EQ(method.most_tokens, 0U);
  for (const std::string pool : {"mean", "max", "first", "attention"}) {
    auto config = small_config();
    config.pool = pool;
    config.attention = false;
    EXPECT_EQ(method.refusal(lively_model(0, config)), "") << pool;
  }
}

TEST(EveryMethod, GivesEachTokenAFiniteValueForAnyNumberOfThreads) {
  const auto table = make_table(
      {"review", "city", "size", "weight"},
      {{"poor thing, fast", "Delft", "3", ""}, {"", "", "", ""}, {"\u6ce8\u610f e\u0301", "Nowhere", "1e30", "-1"}});
  const auto rows = rows_up_to(3);
  const auto model = lively_model(0.8);
  for (const size_t output : {0U, 1U}) {
    for (const auto& method : explanation_methods()) {
      std::vector<std::vector<Attribution>> by_threads;
      for (const int threads : {1, 3}) {
        const auto executor = make_executor(threads);
        const auto subjects = read_subjects(model, *table, rows, {.output = output}, *executor);
        by_threads.push_back(explain(method, subjects, {.executor = *executor}));
        ASSERT_EQ(by_threads.back().size(), 3U);
        for (size_t r = 0; r < 3; ++r) {
          const auto& attribution = by_threads.back()[r];
          EXPECT_EQ(attribution.method, method.name);
          ASSERT_EQ(attribution.values.size(), subjects[r].tokens().size()) << method.name;
          for (const double value : attribution.values) {
            EXPECT_TRUE(std::isfinite(value)) << method.name;
            EXPECT_TRUE(method.signed_values || value >= 0) << method.name;
          }
          EXPECT_EQ(attribution.values, by_threads.front()[r].values) << method.name;
        }
      }
    }
  }
}

/// Only what reads the whole model changes with its linear part.
TEST(EveryMethod, SaysWhetherItReadsTheLinearPart) {
  const std::vector<std::string> row = {"poor thing, fast", "Delft", "3", ""};
  const auto network_alone = lively_model(0), both = lively_model(0.8);
  const Question question{.output = 0, .of_class = 1};
  for (const auto& method : explanation_methods()) {
    const auto alone = explained(method.name, subject_of(network_alone, row, question)).values;
    const auto whole = explained(method.name, subject_of(both, row, question)).values;
    EXPECT_EQ(alone != whole, method.whole_model) << method.name;
  }
}

/// Only those need to be told the typical change.
TEST(EveryMethod, SaysWhetherItLeavesAGap) {
  const auto model = lively_model(0.8);
  const auto subject = subject_of(model, {"poor thing, fast", "Delft", "3", ""});
  const auto executor = make_executor(1);
  for (const auto& method : explanation_methods()) {
    const auto share = [&](double typical_change) {
      const MethodControl control{*executor, typical_change};
      return explain(method, {&subject, 1}, control).front().completeness.value_or(Completeness{}).share;
    };
    EXPECT_EQ(share(0) != share(1e6), method.leaves_gap) << method.name;
  }
}

TEST(EveryMethod, StopsBetweenRows) {
  constexpr int kRows = 20, kRowsBeforeStop = 3;
  const auto model = lively_model(0.8);
  const std::vector<std::vector<std::string>> rows(kRows, {"poor thing", "Delft", "3", ""});
  const auto table = make_table({"review", "city", "size", "weight"}, rows);
  for (const int threads : {1, 3}) {
    const auto executor = make_executor(threads);
    const auto subjects = read_subjects(model, *table, rows_up_to(kRows), {}, *executor);
    for (const auto& method : explanation_methods()) {
      std::atomic<int> asked = 0;
      const auto after = [&](int count) {
        asked = 0;
        return MethodControl{.executor = *executor, .should_stop = [&asked, count] { return asked++ >= count; }};
      };
      EXPECT_THAT(message_of<StoppedError>([&] { (void)explain(method, subjects, after(kRowsBeforeStop)); }),
                  HasSubstr("stopped"))
          << method.name;
      EXPECT_GT(asked, kRowsBeforeStop) << method.name;
      EXPECT_EQ(explain(method, subjects, after(kRows)).size(), subjects.size()) << method.name;
      EXPECT_EQ(asked, kRows) << "asked once a row by " << method.name;
    }
  }
}

TEST(EveryMethod, OfNoRowsIsNothing) {
  const auto executor = make_executor(1);
  for (const auto& method : explanation_methods()) EXPECT_TRUE(explain(method, {}, {.executor = *executor}).empty());
  EXPECT_EQ(mean_change({}, *executor), 0);
}

}  // namespace
}  // namespace attune::testing
