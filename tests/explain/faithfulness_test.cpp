// SPDX-License-Identifier: Apache-2.0
#include "attune/explain/faithfulness.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/explain/method.hpp"
#include "attune/ops/threads.hpp"
#include "explain_fixtures.hpp"

namespace attune::testing {
namespace {

const std::vector<std::string> kRow = {"poor thing", "Delft", "3", "2.5"};  // five tokens

/// How far the answer falls (a number: moves) when only a subset is kept.
double fall_of(const Subject& subject, const Keep& keep) {
  const std::vector<Keep> keeps = {Keep(keep.size(), true), keep};
  const auto scored = subject.scores(keeps, *make_executor(1));
  if (subject.question().of_class) return scored[0].probability - scored[1].probability;
  return std::abs(scored[0].score - scored[1].score);
}

TEST(Faithfulness, IsTheFallOfAProbabilityAndTheWayOfANumber) {
  const auto model = lively_model(0.8);
  const auto executor = make_executor(2);
  for (const size_t output : {0U, 1U}) {
    const auto subject = subject_of(model, kRow, {.output = output});
    const auto ground = faithfulness_ground(subject, 7, {}, *executor);
    Attribution attribution;
    attribution.values = {0, 3, 1, 5, 2};
    if (output == 1) attribution.values = {0, -3, 1, 5, -2};  // what lowers a number matters as much
    const auto found = faithfulness_of(subject, attribution, ground, *executor);
    // Of five tokens the shares are 1, 1, 1, 1 and 3 tokens: token 3, then 1 and 4.
    const double one = fall_of(subject, {true, true, true, false, true});
    const double three = fall_of(subject, {true, false, true, false, false});
    EXPECT_NEAR(found.erasure.comprehensiveness, (4 * one + three) / 5, 1e-5);
    const double kept = fall_of(subject, {false, false, false, true, false});
    const double kept_three = fall_of(subject, {false, true, false, true, true});
    EXPECT_NEAR(found.erasure.sufficiency, (4 * kept + kept_three) / 5, 1e-5);
    EXPECT_FALSE(found.completeness.has_value());
    EXPECT_LE(ground.bounds->worst.comprehensiveness, found.erasure.comprehensiveness + 1e-9);
    EXPECT_GE(ground.bounds->best.comprehensiveness, found.erasure.comprehensiveness - 1e-9);
    EXPECT_EQ(ground.random.size(), 10U);
  }
}

TEST(Faithfulness, OfLeaveOneOutAgreesWithItself) {
  const auto model = lively_model(0.8);
  const auto executor = make_executor(1);
  const auto subject = subject_of(model, kRow);
  const auto ground = faithfulness_ground(subject, 7, {}, *executor);
  const auto attribution = explained("leave_one_out", subject);
  EXPECT_NEAR(faithfulness_of(subject, attribution, ground, *executor).tau, 1, 1e-12);
  auto turned = attribution;
  for (auto& value : turned.values) value = -value;
  EXPECT_NEAR(faithfulness_of(subject, turned, ground, *executor).tau, -1, 1e-12);
  turned.values.assign(5, 1);
  EXPECT_TRUE(std::isnan(faithfulness_of(subject, turned, ground, *executor).tau));
}

TEST(Faithfulness, GroundDependsOnTheRowAndKeyAndOnNoThreads) {
  const auto model = lively_model(0.8);
  const auto subject = subject_of(model, {"poor thing came fast on monday", "Delft", "3", "2.5"});
  const auto one = faithfulness_ground(subject, 7, {}, *make_executor(1));
  const auto three = faithfulness_ground(subject, 7, {}, *make_executor(3));
  const auto other = faithfulness_ground(subject, 8, {}, *make_executor(1));
  EXPECT_EQ(one.leave_one_out, three.leave_one_out);
  bool differs = false;
  for (size_t i = 0; i < one.random.size(); ++i) {
    EXPECT_EQ(one.random[i].comprehensiveness, three.random[i].comprehensiveness);
    differs = differs || one.random[i].comprehensiveness != other.random[i].comprehensiveness;
  }
  EXPECT_TRUE(differs);
  EXPECT_EQ(one.bounds->best.sufficiency, three.bounds->best.sufficiency);
  EXPECT_FALSE(faithfulness_ground(subject, 7, {.most_beam_tokens = 8}, *make_executor(1)).bounds.has_value());
}

TEST(Faithfulness, GroundTakesWhatIsKnownOfLeavingOut) {
  const auto model = lively_model(0.8);
  const auto executor = make_executor(1);
  for (const size_t output : {0U, 1U}) {
    const auto subject = subject_of(model, kRow, {.output = output});
    auto known = explained("leave_one_out", subject);
    const auto ground = faithfulness_ground(subject, 7, {}, *executor, {.leave_one_out = &known});
    EXPECT_EQ(ground.leave_one_out, faithfulness_ground(subject, 7, {}, *executor).leave_one_out);
    known.values = {1, 2, 3, 4, 5};
    EXPECT_EQ(faithfulness_ground(subject, 7, {}, *executor, {.leave_one_out = &known}).leave_one_out, known.values)
        << "not worked out again";
    known.values.pop_back();
    EXPECT_EQ(message_of<UsageError>(
                  [&] { (void)faithfulness_ground(subject, 7, {}, *executor, {.leave_one_out = &known}); }),
              "ground of explanations: expected a value of leave_one_out for each of the 5 tokens, found 4");
  }
}

TEST(Faithfulness, GroundStopsBetweenPasses) {
  const auto model = lively_model(0.8);
  const auto subject = subject_of(model, kRow);
  const auto executor = make_executor(2);
  for (const int after : {0, 2}) {
    std::atomic<int> asked = 0;
    EXPECT_THROW((void)faithfulness_ground(subject, 7, {}, *executor,
                                           {.should_stop = [&asked, after] { return asked++ >= after; }}),
                 StoppedError);
    EXPECT_GE(asked, after + 1);
  }
}

TEST(Faithfulness, RefusesAGroundOfNothing) {
  const auto model = lively_model(0.8);
  const auto subject = subject_of(model, kRow);
  const auto executor = make_executor(1);
  const auto refused = [&](const FaithfulnessOptions& options) {
    return message_of<UsageError>([&] { (void)faithfulness_ground(subject, 7, options, *executor); });
  };
  const std::string expected =
      "ground of explanations: expected at least 1 random ordering and a beam of at least 1, found ";
  EXPECT_EQ(refused({.random_orderings = 0}), expected + "0 and 5");
  EXPECT_EQ(refused({.beam_width = 0}), expected + "10 and 0");
  EXPECT_EQ(refused({.random_orderings = -1, .beam_width = -2}), expected + "-1 and -2");
}

TEST(FaithfulnessSummary, OfThreeRowsWorkedByHand) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Faithfulness> rows = {
      {.erasure = {0.4, 0.1}, .normalized = {0.8, 0.5}, .tau = 0.6, .completeness = Completeness{1, 0.01, 0.01}},
      {.erasure = {0.2, 0.3}, .normalized = {std::nullopt, 0.7}, .tau = nan, .completeness = {}},
      {.erasure = {0.6, 0.2}, .normalized = {}, .tau = 0.2, .completeness = Completeness{1, 0.03, 0.03}}};
  const std::vector<FaithfulnessGround> grounds = {
      {.leave_one_out = {}, .random = {{0.1, 0.2}, {0.3, 0.4}}, .bounds = ErasureBounds{{0.5, 0.0}, {0.0, 0.9}}},
      {.leave_one_out = {}, .random = {{0.1, 0.2}, {0.1, 0.2}}, .bounds = ErasureBounds{{0.3, 0.1}, {0.3, 0.7}}},
      {.leave_one_out = {}, .random = {{0.1, 0.2}, {0.5, 0.3}}, .bounds = {}}};
  const auto summary = summary_of(rows, grounds);
  EXPECT_EQ(summary.rows, 3);
  EXPECT_NEAR(summary.erasure.comprehensiveness, 0.4, 1e-12);
  EXPECT_NEAR(summary.erasure.sufficiency, 0.2, 1e-12);
  EXPECT_NEAR(summary.random.comprehensiveness, 0.2, 1e-12);         // of 0.1 and 0.3
  EXPECT_NEAR(summary.random_spread.comprehensiveness, 0.1, 1e-12);  // of the set's means, not of rows
  EXPECT_EQ(summary.bounded_rows, 2);
  EXPECT_NEAR(summary.bounded.comprehensiveness, 0.3, 1e-12);
  EXPECT_NEAR(summary.bounded_random.comprehensiveness, 0.15, 1e-12);
  EXPECT_NEAR(summary.best.comprehensiveness, 0.4, 1e-12);
  EXPECT_NEAR(summary.worst.sufficiency, 0.8, 1e-12);
  EXPECT_NEAR(*summary.closed, (0.3 - 0.15) / (0.4 - 0.15), 1e-12);
  EXPECT_NEAR(*summary.normalized.comprehensiveness, 0.8, 1e-12);
  EXPECT_NEAR(*summary.normalized.sufficiency, 0.6, 1e-12);
  EXPECT_NEAR(*summary.tau, 0.4, 1e-12);
  EXPECT_NEAR(*summary.mean_gap, 0.02, 1e-12);
  EXPECT_NEAR(*summary.largest_gap, 0.03, 1e-12);
}

TEST(FaithfulnessSummary, RefusesNoRowsAndOtherNumbersOfGrounds) {
  const std::vector<Faithfulness> row(1);
  EXPECT_EQ(message_of<UsageError>([&] { (void)summary_of(row, {}); }),
            "summary of explanations: expected rows, and a ground for each, found 1 rows and 0 grounds");
  EXPECT_THROW((void)summary_of({}, {}), UsageError);
}

}  // namespace
}  // namespace attune::testing
