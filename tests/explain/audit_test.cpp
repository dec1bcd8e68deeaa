// SPDX-License-Identifier: Apache-2.0
// Whole audits of models whose attention is known to matter, and not to.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>

#include "attune/core/error.hpp"
#include "attune/explain/audit.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/recorded_request.hpp"
#include "audit/audit_test.hpp"
#include "explain_fixtures.hpp"
#include "known_tasks.hpp"
#include "support/temporary_folder.hpp"

namespace attune::testing {
namespace {

using ::testing::AllOf;
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

using Change = std::function<void(FitRequest&)>;

Audit audited(const KnownTask& task, const AuditOptions& options, int threads = 2, const Change& change = {}) {
  const auto executor = make_executor(threads);
  auto request = request_for(task, "additive");
  if (change) change(request);
  const auto model = fit(request, *executor).model;
  return audit({.model = model, .table = held_out_table(task), .training = recorded_request(model, request.table)},
               options, *executor);
}

/// A mean pool over a block that attends: what is shown is the block's.
void with_a_block(FitRequest& request) {
  request.model.pool = "mean";
  request.model.pool_mechanism = ModelConfig{}.pool_mechanism;
  request.model.blocks = 1;
  request.model.width = 16;
  request.training.epochs = 2;
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

TEST(Audit, DoesNotTellALeadOnFewRows) {
  // A network with uniform weights finds the needle too: its word stands out of any mean.
  const auto found = audited(needle_in_a_line(), kQuick);
  for (const auto& [test, outcome] : outcomes(found))
    EXPECT_EQ(outcome, test == "uniform" ? Outcome::kUntested : Outcome::kFor) << report_of(found);
  EXPECT_LT(figure(found, "uniform", "advantage"), 0.03);
  EXPECT_EQ(found.verdict.usability, Usability::kUndecided);
}

TEST(Audit, FindsThatAMajorityNeedsNoAttention) {
  // On 60 rows, a tenth of the table, no lead is not told from one of 0.02, though the models agree on all of them.
  const auto found = audited(majority_of_words(), kQuick, 2, [](FitRequest& request) { request.split.fraction = 0.3; });
  EXPECT_EQ(outcomes(found).at("uniform"), Outcome::kAgainst) << report_of(found);
  EXPECT_LE(figure(found, "uniform", "advantage"), 0.02);
  EXPECT_EQ(outcomes(found).at("adversarial"), Outcome::kAgainst) << report_of(found);
  EXPECT_EQ(found.verdict.usability, Usability::kNotUsable) << report_of(found);
}

void expect_same(const Audit& one, const Audit& other) {
  EXPECT_EQ(report_of(one), report_of(other));
  ASSERT_EQ(one.findings.size(), other.findings.size());
  for (size_t f = 0; f < one.findings.size(); ++f) {
    ASSERT_EQ(one.findings[f].figures.size(), other.findings[f].figures.size());
    for (size_t i = 0; i < one.findings[f].figures.size(); ++i)
      EXPECT_EQ(one.findings[f].figures[i].value, other.findings[f].figures[i].value)
          << one.findings[f].figures[i].name;
  }
}

TEST(Audit, IsTheSameForEveryNumberOfThreads) {
  auto options = kQuick;
  options.rows = 20;
  for (const Change& change : {Change(), Change(with_a_block)})
    expect_same(audited(class_by_one_word(), options, 1, change), audited(class_by_one_word(), options, 3, change));
}

/// What was drawn stays.
void without_learning(FitRequest& request) {
  request.training.learning_rate = 1e-9;
  request.training.epochs = 1;
}

TEST(Audit, FindsOutAttentionOfWhichNothingWasLearned) {
  const auto executor = make_executor(2);
  auto options = kQuick;
  options.rows = 40;
  for (const uint64_t seed : {1U, 2U, 3U}) {
    auto request = request_for(needle_in_a_line(), "additive");
    without_learning(request);
    request.seed = seed;
    request.model.convolution = ModelConfig{}.convolution;  // with which attention is uneven from the beginning
    request.model.blocks = ModelConfig{}.blocks;
    const auto model = fit(request, *executor).model;
    const auto found = audit({.model = model, .table = held_out_table(needle_in_a_line())}, options, *executor);
    EXPECT_GT(figure(found, "randomised", "of_shuffled"), 0.5) << "random parameters alone do not tell";
    EXPECT_GT(figure(found, "randomised", "divergence"), 0.007);
    EXPECT_LT(figure(found, "randomised", "of_start"), 0.01);
    EXPECT_EQ(outcomes(found).at("randomised"), Outcome::kAgainst) << report_of(found);
  }
}

TEST(Audit, DoesNotTellWhatWasLearnedWhereTheStartIsUnknown) {
  const auto executor = make_executor(2);
  const auto model = lively_model(0);
  ASSERT_FALSE(model.record.contains("training"));
  const auto found = audit({.model = model, .table = mixed_table(30)}, kQuick, *executor);
  EXPECT_EQ(outcomes(found).at("randomised"), Outcome::kUntested);
  EXPECT_THAT(report_of(found), HasSubstr("the model's record does not tell with which ones its training began"));
}

TEST(Audit, FindsOutAttentionThatTheSeedMade) {
  auto options = kQuick;
  options.seeds = 2;
  const auto found = audited(needle_in_a_line(), options, 2, without_learning);
  EXPECT_EQ(outcomes(found).at("seeds"), Outcome::kAgainst) << report_of(found);
  EXPECT_GT(figure(found, "seeds", "of_shuffled"), 0.5);
}

TEST(Audit, SaysWhatKeepsATestFromBeingMade) {
  auto options = kQuick;
  options.seeds = 0;
  options.rows = 10;
  const auto few = audited(class_by_one_word(), options, 2, [](FitRequest& request) {
    request.training.epochs = 1;
    request.split.fraction = 0.04;  // of 600
  });
  EXPECT_EQ(outcomes(few).at("seeds"), Outcome::kUntested);
  EXPECT_EQ(outcomes(few).at("uniform"), Outcome::kUntested);
  EXPECT_THAT(report_of(few), AllOf(HasSubstr("for no other seeds were asked for; ask for one at least."),
                                    HasSubstr("for the training held back 24 rows to compare on, fewer than 30")));
}

TEST(Audit, ATrainingThatFailsLosesNothingElse) {
  const auto executor = make_executor(2);
  const auto request = request_for(class_by_one_word(), "additive");
  const auto model = fit(request, *executor).model;
  AuditTask task{
      .model = model, .table = held_out_table(class_by_one_word()), .training = recorded_request(model, request.table)};
  task.training->training.epochs = 0;
  const auto found = audit(task, kQuick, *executor);
  EXPECT_EQ(outcomes(found).at("uniform"), Outcome::kUntested);
  EXPECT_EQ(outcomes(found).at("seeds"), Outcome::kUntested);
  EXPECT_NE(outcomes(found).at("permuted"), Outcome::kUntested);
  EXPECT_THAT(report_of(found), HasSubstr("the model cannot be trained anew: training"));
}

TEST(Audit, FindsOtherWordVectorsBeforeItTrains) {
  const auto executor = make_executor(2);
  const TemporaryFolder folder;
  const auto file = folder.write("v.txt", "great 3 4 0\npoor -5 0 0\n");
  auto request = request_for(class_by_one_word(), "additive");
  request.model.vectors = file.string();
  request.training.epochs = 1;
  const auto model = fit(request, *executor).model;
  const AuditTask task{
      .model = model, .table = held_out_table(class_by_one_word()), .training = recorded_request(model, request.table)};
  auto options = kQuick;
  options.rows = 5;
  int64_t reports = 0;  // of tests that train
  AuditCallbacks callbacks;
  callbacks.on_progress = [&](const AuditProgress& progress) {
    reports += (progress.test == "uniform" || progress.test == "seeds") && progress.done > 0;
  };
  const auto untested = [&](const std::string& why) {
    const auto found = audit(task, options, *executor, callbacks);
    EXPECT_EQ(outcomes(found).at("uniform"), Outcome::kUntested);
    EXPECT_EQ(outcomes(found).at("seeds"), Outcome::kUntested);
    EXPECT_THAT(report_of(found), HasSubstr("the model cannot be trained anew: " + file.string() + why));
    EXPECT_EQ(reports, 0) << "trained in vain";
  };
  folder.write("v.txt", "great 3 4 0\npoor -5 0 1\n");
  untested(": other bytes than those of the word vectors that the model was trained with.");
  std::filesystem::remove(file);
  untested(": no such file");

  folder.write("v.txt", "great 3 4 0\npoor -5 0 0\n");
  EXPECT_NE(outcomes(audit(task, options, *executor, callbacks)).at("seeds"), Outcome::kUntested);
  EXPECT_GT(reports, 0);
}

TEST(Audit, KeepsTheInterventionThatTheModelIsUnder) {
  // A gate of 0 takes the pool's head out of the answer, in the model and in those that are trained beside it.
  const auto executor = make_executor(2);
  const auto request = request_for(class_by_one_word(), "additive");
  auto model = fit(request, *executor).model;
  const auto training = recorded_request(model, request.table);
  model.set_intervention([](std::string_view site) {
    return site == "pool" ? Intervention{.head_gates = at::zeros({1}, at::TensorOptions(at::kFloat))} : Intervention{};
  });
  const auto found =
      audit({.model = model, .table = held_out_table(class_by_one_word()), .training = training}, kQuick, *executor);
  EXPECT_LT(figure(found, "permuted", "change"), 1e-6);
  EXPECT_NEAR(figure(found, "uniform", "advantage"), 0, 0.2) << "the other one can look at nothing either";
  EXPECT_LT(figure(found, "seeds", "held_back"), 0.7);
}

TEST(Audit, LeavesOutWhatIsTooShortOrTooLong) {
  auto config = small_config();
  config.pool = "mean";
  config.blocks = 1;
  const auto model = lively_model(0, config);
  const auto executor = make_executor(2);
  std::string text;
  for (int i = 0; i < 600; ++i) text += "box ";
  const auto found = audit({.model = model, .table = one_row({text, "Delft", "3", "4"})}, kQuick, *executor);
  EXPECT_EQ(outcomes(found).at("permuted"), Outcome::kUntested);
  EXPECT_EQ(outcomes(found).at("adversarial"), Outcome::kUntested);
  EXPECT_EQ(outcomes(found).at("faithfulness"), Outcome::kUntested);
}

TEST(Audit, WithoutATrainingLeavesOutWhatTrains) {
  auto model = lively_model(0.5);
  model.record["training"] = {{"seed", 1}};
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
              ThrowsMessage<UsageError>(HasSubstr("there is nothing to judge")));
  EXPECT_THAT([&] { (void)audit({.model = model, .table = table, .output = 2}, kQuick, *executor); },
              ThrowsMessage<UsageError>(HasSubstr("output to audit: expected a number below 2, found 2")));
  auto moved = lively_model(0);
  moved.set_intervention([](std::string_view site) {
    return site == "pool" ? Intervention{.weights = Intervention::Weights::kUniform} : Intervention{};
  });
  EXPECT_THAT([&] { check_audit({.model = moved, .table = table}, kQuick, *executor); },
              ThrowsMessage<UsageError>(HasSubstr("an intervention that sets the weights at pool")));
  auto options = kQuick;
  options.permutations = 0;
  EXPECT_THAT([&] { (void)audit({.model = model, .table = table}, options, *executor); },
              ThrowsMessage<UsageError>("audit, permutations: expected at least 1, found 0"));
  options = kQuick;
  options.faithfulness.random_orderings = 1;
  EXPECT_THAT([&] { check_audit({.model = model, .table = table}, options, *executor); },
              ThrowsMessage<UsageError>("audit, random orderings: expected at least 2, found 1"));
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
