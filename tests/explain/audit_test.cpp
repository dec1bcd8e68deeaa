// SPDX-License-Identifier: Apache-2.0
// Whole audits of models whose attention is known to matter, and not to.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <map>

#include "attune/core/error.hpp"
#include "attune/explain/audit.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/recorded_request.hpp"
#include "explain_fixtures.hpp"
#include "known_tasks.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::map<std::string, Outcome> outcomes(const Audit& audit) {
  std::map<std::string, Outcome> by_test;
  for (const auto& finding : audit.findings) by_test[finding.test] = finding.outcome;
  return by_test;
}

double figure(const Audit& audit, const std::string& test, const std::string& name) {
  for (const auto& finding : audit.findings) {
    for (const auto& one : finding.figures) {
      if (finding.test == test && one.name == name) return one.value;
    }
  }
  ADD_FAILURE() << test << " has no figure " << name;
  return 0;
}

std::string report_of(const Audit& audit) {
  std::string text;
  for (const auto& finding : audit.findings)
    text += std::string(outcome_name(finding.outcome)) + " " + finding.test + ": " + finding.sentence + "\n";
  return text;
}

Audit audited(const KnownTask& task, const AuditOptions& options, int threads = 2) {
  const auto executor = make_executor(threads);
  const auto request = request_for(task, "additive");
  const auto model = fit(request, *executor).model;
  return audit({.model = model, .table = held_out_table(task), .training = recorded_request(model, request.table)},
               options, *executor);
}

const AuditOptions kQuick = {.rows = 60, .permutations = 10, .redraws = 2, .seeds = 1};

TEST(Audit, FindsAttentionUsableThatPicksTheSummands) {
  const auto found = audited(sum_of_marked(), kQuick);
  EXPECT_EQ(found.site, "pool");
  EXPECT_EQ(found.rows, 60);
  for (const auto& [test, outcome] : outcomes(found))
    EXPECT_EQ(outcome, Outcome::kFor) << test << "\n" << report_of(found);
  EXPECT_EQ(found.verdict.usability, Usability::kUsable);
}

TEST(Audit, FindsThatANeedleIsFoundWithoutAttentionToo) {
  const auto found = audited(needle_in_a_line(), kQuick);
  for (const auto& [test, outcome] : outcomes(found))
    EXPECT_EQ(outcome, test == "uniform" ? Outcome::kAgainst : Outcome::kFor) << report_of(found);
  EXPECT_EQ(found.verdict.usability, Usability::kWithCare);
}

TEST(Audit, FindsThatAMajorityNeedsNoAttention) {
  const auto found = audited(majority_of_words(), kQuick);
  EXPECT_EQ(outcomes(found).at("uniform"), Outcome::kAgainst) << report_of(found);
  EXPECT_LE(figure(found, "uniform", "advantage"), 0.02);
  EXPECT_EQ(outcomes(found).at("adversarial"), Outcome::kAgainst) << report_of(found);
  EXPECT_EQ(found.verdict.usability, Usability::kNotUsable) << report_of(found);
}

TEST(Audit, IsTheSameForEveryNumberOfThreads) {
  auto options = kQuick;
  options.rows = 20;
  const auto one = audited(class_by_one_word(), options, 1), three = audited(class_by_one_word(), options, 3);
  EXPECT_EQ(report_of(one), report_of(three));
}

TEST(Audit, WithoutATrainingLeavesOutWhatTrains) {
  const auto model = lively_model(0.5);
  const auto executor = make_executor(2);
  const auto found =
      audit({.model = model, .table = mixed_table(30), .no_training_why = "the table is gone"}, kQuick, *executor);
  for (const auto& test : audit_tests())
    EXPECT_EQ(outcomes(found).at(test.name) == Outcome::kUntested, test.trains) << test.name;
  EXPECT_THAT(report_of(found), HasSubstr("it takes the training table: the table is gone."));
}

TEST(Audit, OfANumber) {
  const auto model = lively_model(0);
  const auto executor = make_executor(2);
  const auto found = audit({.model = model, .table = mixed_table(30), .output = 1}, kQuick, *executor);
  EXPECT_THAT(report_of(found), HasSubstr("moves the scaled number by"));
}

TEST(Audit, WithoutAPoolThatAttendsJudgesTheLastBlock) {
  auto config = small_config();
  config.pool = "mean";
  config.blocks = 2;
  const auto model = lively_model(0, config);
  const auto executor = make_executor(2);
  const auto found = audit({.model = model, .table = mixed_table(30)}, kQuick, *executor);
  EXPECT_EQ(found.site, "block.1.self");
  EXPECT_NE(outcomes(found).at("permuted"), Outcome::kUntested);
  EXPECT_GT(figure(found, "adversarial", "divergence"), 0);
}

TEST(Audit, AModelThatIgnoresItsAttentionIsFoundOut) {
  const auto model = lively_model(0);
  const at::NoGradGuard no_gradients;
  // The pool's vector has no way to the answer.
  for (const auto& parameter : model.network().parameters().all()) {
    if (parameter.name.starts_with("head.0.") && parameter.name.ends_with("weight")) parameter.value.mul_(0);
  }
  const auto executor = make_executor(2);
  const auto found = audit({.model = model, .table = mixed_table(30)}, kQuick, *executor);
  EXPECT_EQ(figure(found, "permuted", "change"), 0);
  EXPECT_EQ(outcomes(found).at("permuted"), Outcome::kAgainst);
  EXPECT_EQ(outcomes(found).at("faithfulness"), Outcome::kAgainst);
  EXPECT_EQ(found.verdict.usability, Usability::kNotUsable);
}

TEST(Audit, RefusesWhatItCannotJudge) {
  const auto executor = make_executor(1);
  auto config = small_config();
  config.pool = "max";
  config.blocks = 0;
  const auto blind = lively_model(0, config), model = lively_model(0);
  const auto table = mixed_table(30);
  EXPECT_THAT([&] { (void)audit({.model = blind, .table = table}, kQuick, *executor); },
              ThrowsMessage<UsageError>(HasSubstr("there is no attention to judge")));
  EXPECT_THAT([&] { (void)audit({.model = model, .table = table, .output = 2}, kQuick, *executor); },
              ThrowsMessage<UsageError>(HasSubstr("output to audit: expected a number below 2, found 2")));
  auto options = kQuick;
  options.permutations = 0;
  EXPECT_THAT([&] { (void)audit({.model = model, .table = table}, options, *executor); },
              ThrowsMessage<UsageError>("audit, permutations: expected at least 1, found 0"));
}

TEST(Audit, StopsWhenToldAndTellsWhatItDoes) {
  const auto model = lively_model(0);
  const auto executor = make_executor(2);
  std::vector<std::string> seen;
  std::atomic<bool> stop = false;
  AuditCallbacks callbacks;
  callbacks.on_progress = [&](const AuditProgress& progress) {
    EXPECT_LE(progress.done, progress.total);
    if (seen.empty() || seen.back() != progress.test) seen.push_back(progress.test);
    if (progress.test == "faithfulness") stop = true;
  };
  callbacks.should_stop = [&] { return stop.load(); };
  EXPECT_THROW((void)audit({.model = model, .table = mixed_table(30)}, kQuick, *executor, callbacks), StoppedError);
  EXPECT_THAT(seen, ElementsAre("permuted", "randomised", "faithfulness"));
}

}  // namespace
}  // namespace attune::testing
