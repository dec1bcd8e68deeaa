// SPDX-License-Identifier: Apache-2.0
// What an audit is made of: answers under other weights, the adversary's search, distances, the verdict.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "attune/core/error.hpp"
#include "attune/explain/attention_mass.hpp"
#include "attune/explain/finding.hpp"
#include "attune/metrics/calibration.hpp"
#include "attune/metrics/class_scores.hpp"
#include "attune/metrics/distribution_distance.hpp"
#include "attune/ops/threads.hpp"
#include "audit/adversary.hpp"
#include "audit/audit_test.hpp"
#include "audit/audited_rows.hpp"
#include "audit/site_rerun.hpp"
#include "explain_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::vector<std::string> kRow = {"poor box, on monday", "Delft", "3", "4"};

Intervention uniform() { return {.weights = Intervention::Weights::kUniform}; }

/// The answer of the row as the model predicts it: probabilities, or the scaled number.
std::vector<double> answer_of(const Model& model, size_t output) {
  const std::vector<int64_t> first = {0};
  const auto scores = model.score(*one_row(kRow), first, *make_executor(1))[output];
  if (model.outputs()[output]->classes().empty()) return {scores.values.front()};
  const auto probabilities = softmax(ClassScores(scores.values, scores.columns));
  return {probabilities.begin(), probabilities.end()};
}

TEST(SiteRerun, WeightsThatTheModelComputesMoveNothing) {
  const at::NoGradGuard no_gradients;
  const auto model = lively_model(0.7);
  const auto subject = subject_of(model, kRow);
  for (const auto& site : attention_sites(model)) {
    const SiteRerun rerun(subject, site);
    const Intervention same{.weights = Intervention::Weights::kGiven, .given = rerun.weights().unsqueeze(0)};
    EXPECT_LT(rerun.change(same, 1).item<double>(), 1e-6) << site;
    EXPECT_EQ(rerun.change({}, 3).size(0), 3) << site;
  }
}

TEST(SiteRerun, MovesAnswersAsTheModelItselfDoes) {
  const at::NoGradGuard no_gradients;
  for (const double linear_weight : {0.0, 0.7}) {
    auto model = lively_model(linear_weight);
    for (const auto& site : attention_sites(model)) {
      for (const size_t output : {0U, 1U}) {
        model.set_intervention({});
        const auto subject = subject_of(model, kRow, {.output = output});
        const auto before = answer_of(model, output);
        const double change = SiteRerun(subject, site).change(uniform(), 2)[1].item<double>();
        model.set_intervention([&](std::string_view at) { return at == site ? uniform() : Intervention{}; });
        const auto after = answer_of(model, output);
        const double expected = output == 0 ? total_variation(before, after) : std::abs(before[0] - after[0]);
        EXPECT_GT(expected, 1e-4) << site;
        EXPECT_NEAR(change, expected, 1e-5) << site << ", output " << output;
      }
    }
  }
}

TEST(SiteRerun, KeepsTheGatesOfTheModel) {
  const at::NoGradGuard no_gradients;
  auto model = lively_model(0.7);
  const auto site = attention_sites(model).front();
  auto gates = at::empty({2}, at::TensorOptions(at::kFloat));
  gates[0] = 2, gates[1] = 0.1;
  const auto under = [&](Intervention::Weights weights) {
    return [=](std::string_view at) {
      return at == site ? Intervention{.weights = weights, .head_gates = gates} : Intervention{};
    };
  };
  model.set_intervention(under(Intervention::Weights::kComputed));
  const auto subject = subject_of(model, kRow);
  const auto before = answer_of(model, 0);
  const SiteRerun rerun(subject, site);
  const Intervention same{.weights = Intervention::Weights::kGiven, .given = rerun.weights().unsqueeze(0)};
  EXPECT_LT(rerun.change(same, 1).item<double>(), 1e-6);
  const double change = rerun.change(uniform(), 1).item<double>();
  model.set_intervention(under(Intervention::Weights::kUniform));
  const double gated = total_variation(before, answer_of(model, 0));
  EXPECT_NEAR(change, gated, 1e-5);

  model.set_intervention({});
  const auto subject_without = subject_of(model, kRow);
  EXPECT_GT(std::abs(SiteRerun(subject_without, site).change(uniform(), 1).item<double>() - gated), 1e-4)
      << "gates change nothing here: nothing was tested";
}

/// A model that reads texts alone, so that a row may have two tokens.
Model text_model() {
  auto schema = mixed_schema({"grade"});
  schema.inputs.resize(1);
  auto model = fresh_model(*mixed_table(90), schema);
  enliven(model);
  return model;
}

TEST(Adversary, ComesAsFarAsAGridOverAllWeightsOfTwoTokens) {
  const auto model = text_model();
  constexpr double kMostChange = 0.01;
  int constrained = 0;
  for (const auto* text : {"poor box", "lovely monday", "the box", "good on"}) {
    const auto subject = subject_of(model, {text, "", "", ""});
    ASSERT_EQ(subject.tokens().size(), 2U);
    const SiteRerun rerun(subject, std::string(kPoolSite));
    const auto weights = rerun.weights();
    ASSERT_EQ(weights.numel(), 2);
    const double own = weights.flatten()[0].item<double>();

    constexpr int64_t kPoints = 2000;
    auto grid = at::empty({kPoints + 1, 1, 1, 2}, at::TensorOptions(at::kFloat));
    for (int64_t i = 0; i <= kPoints; ++i) {
      const auto share = static_cast<float>(i) / static_cast<float>(kPoints);
      grid[i].fill_(1 - share);
      grid[i][0][0][0] = share;
    }
    const at::NoGradGuard no_gradients;
    const auto changes =
        rerun.change({.weights = Intervention::Weights::kGiven, .given = grid}, kPoints + 1).contiguous();
    double furthest = 0;
    for (int64_t i = 0; i <= kPoints; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(kPoints);
      if (changes[i].item<double>() > kMostChange) continue;
      furthest = std::max(furthest, jensen_shannon(std::vector{own, 1 - own}, std::vector{share, 1 - share}));
    }
    const double found = adversarial_divergence(rerun, {.most_change = kMostChange, .key = RandomKey(3)});
    EXPECT_LE(found, furthest + 1e-3) << text;
    EXPECT_GE(found, 0.9 * furthest - 1e-3) << text;
    const double unconstrained = std::max(jensen_shannon(std::vector{own, 1 - own}, std::vector{1.0, 0.0}),
                                          jensen_shannon(std::vector{own, 1 - own}, std::vector{0.0, 1.0}));
    EXPECT_NEAR(reachable_divergence(rerun), unconstrained, 1e-6) << text;
    constrained += furthest < 0.9 * unconstrained;
  }
  EXPECT_GT(constrained, 0) << "no row on which the answer holds the weights back: nothing was tested";
}

/// A pool alone reads texts: without positions, and the convolution's look to the sides, equal words are equal tokens.
Model pool_model(const std::string& mechanism) {
  ModelConfig config = small_config();
  config.pool_mechanism = mechanism;
  config.blocks = config.convolution = 0;
  auto schema = mixed_schema({"grade"});
  schema.inputs.resize(1);
  auto model = fresh_model(*mixed_table(90), schema, config);
  enliven(model);
  return model;
}

TEST(Adversary, GoesAsFarAsCanBeWhereWeightsDoNotMatter) {
  const auto plain = pool_model("additive");
  const auto subject = subject_of(plain, {"box box box box box box", "", "", ""});
  const double found = adversarial_divergence(SiteRerun(subject, std::string(kPoolSite)), {.key = RandomKey(3)});
  // Nothing is further from six equal weights than all on one.
  const double all_on_one = jensen_shannon(std::vector<double>(6, 1.0 / 6), std::vector<double>{1, 0, 0, 0, 0, 0});
  EXPECT_GT(found, 0.9 * all_on_one);
  EXPECT_LE(found, all_on_one + 1e-3);
  EXPECT_NEAR(reachable_divergence(SiteRerun(subject, std::string(kPoolSite))), all_on_one, 1e-6);
}

TEST(Adversary, ReachesLessInShortRows) {
  const auto plain = pool_model("additive");
  const auto reachable = [&](const std::string& text) {
    const auto subject = subject_of(plain, {text, "", "", ""});
    return reachable_divergence(SiteRerun(subject, std::string(kPoolSite)));
  };
  // All on one of n even weights, by hand: H((1 + 1/n) / 2, 1/2n, ..) - ln(n) / 2.
  EXPECT_NEAR(reachable("box box"), 0.2158, 1e-4);
  EXPECT_NEAR(reachable("box box box"), 0.3183, 1e-4);
}

TEST(Adversary, FindsItsWayFromWeightsThatRoundToNothing) {
  auto sharp = pool_model("dot");
  const at::NoGradGuard no_gradients;
  for (const auto& parameter : sharp.network().parameters().all()) {
    if (parameter.name == "pool.learned_query") parameter.value.mul_(1e4);
  }
  const auto subject = subject_of(sharp, {"poor box on monday", "", "", ""});
  const SiteRerun rerun(subject, std::string(kPoolSite));
  ASSERT_EQ(rerun.weights().eq(0).sum().item<int64_t>(), 3) << "weights: a score gap above 104 gives 0 in float32";
  EXPECT_TRUE(rerun.allowed().all().item<bool>());
  const double found = adversarial_divergence(rerun, {.most_change = 100, .key = RandomKey(3)});
  EXPECT_GT(found, 0.95 * std::numbers::ln2) << "all on another token";
}

TEST(ChooseRows, AreSpreadAndHaveTwoTokens) {
  auto schema = mixed_schema({"grade"});
  schema.inputs.resize(1);
  const auto model = fresh_model(*mixed_table(90), schema);
  const auto executor = make_executor(1);
  std::vector<std::vector<std::string>> cells;
  for (int i = 0; i < 100; ++i) cells.push_back({i % 2 == 0 ? "box" : "poor box", "", "", ""});
  const auto table = make_table({"review", "city", "size", "weight"}, cells);
  EXPECT_EQ(choose_rows(model, *table, 5, *executor), (std::vector<int64_t>{1, 21, 41, 61, 81}));
  EXPECT_EQ(choose_rows(model, *table, 1000, *executor).size(), 50U);
  const auto short_rows = make_table({"review", "city", "size", "weight"}, {{"box", "", "", ""}, {"", "", "", ""}});
  EXPECT_THAT([&] { (void)choose_rows(model, *short_rows, 5, *executor); },
              ::testing::ThrowsMessage<UsageError>(HasSubstr("no row of at least two tokens")));
}

TEST(Adversary, LeavesWhatMayNotBeAttendedTo) {
  auto config = small_config();
  config.pool = "mean";
  config.blocks = 1;
  config.causal = true;
  const auto model = lively_model(0, config);
  const auto subject = subject_of(model, kRow);
  const SiteRerun rerun(subject, "block.0.self");
  EXPECT_EQ(rerun.weights()[0][0][1].item<double>(), 0) << "the first token may look at itself alone";
  // With all answers allowed, the furthest that the mean over queries can come is bounded by what each may look at: the
  // first query's weight stays on the first token.
  const double found = adversarial_divergence(rerun, {.most_change = 100, .key = RandomKey(3)});
  EXPECT_GT(found, 0.01);
  const auto tokens = static_cast<double>(subject.tokens().size());
  const double least_on_first = 1 / tokens;
  EXPECT_LT(found, std::numbers::ln2 * (1 - least_on_first));
  EXPECT_FALSE(rerun.allowed()[0][0][1].item<bool>());
  EXPECT_NEAR(found, reachable_divergence(rerun), 0.1 * found);
}

TEST(AttentionDistance, OfAModelToItselfIsNothing) {
  const auto model = lively_model(0);
  const auto executor = make_executor(2);
  const auto table = mixed_table(20);
  const auto audited = read_audited(model, *table, rows_up_to(20), 0, *executor);
  for (const auto& shares : audited.attention) EXPECT_NEAR(sum(shares), 1, 1e-12);
  const auto none = attention_distance(audited, audited, 5, RandomKey(1));
  EXPECT_EQ(none.rows, 20);
  EXPECT_NEAR(none.tau, 1, 1e-9);
  EXPECT_NEAR(none.divergence, 0, 1e-9);
  EXPECT_NEAR(none.of_shuffled(), 0, 1e-6);
}

AuditedRows rows_of(const std::vector<std::vector<double>>& attention) {
  AuditedRows rows;
  for (const auto& row : attention) {
    rows.numbers.push_back(std::ssize(rows.numbers));
    rows.attention.push_back(row);
  }
  return rows;
}

TEST(AttentionDistance, IsHeldAgainstTheSecondShuffled) {
  // Half of the permutations of two tokens leave them.
  const std::vector<double> a = {0.7, 0.3}, b = {0.9, 0.1}, turned = {0.1, 0.9};
  const auto found = attention_distance(rows_of({a}), rows_of({b}), 4000, RandomKey(2));
  EXPECT_NEAR(found.divergence, jensen_shannon(a, b), 1e-12);
  const double chance = (jensen_shannon(a, b) + jensen_shannon(a, turned)) / 2;
  EXPECT_NEAR(found.shuffled_divergence, chance, 0.05 * chance);
  EXPECT_EQ(found.tau, 1);
}

TEST(AttentionDistance, DoesNotTakeSharperForOther) {
  // The same order of tokens, once twice as sharp; and unrelated orders of the same sharpness.
  std::vector<std::vector<double>> mild, sharp, other;
  for (int64_t row = 0; row < 40; ++row) {
    const auto key = RandomKey(8).with(static_cast<uint64_t>(row));
    const auto weights = [&](double sharpness, uint64_t offset) {
      std::vector<double> values(24);
      double total = 0;
      for (size_t t = 0; t < values.size(); ++t) total += values[t] = std::exp(sharpness * key.normal(offset + t));
      for (auto& value : values) value /= total;
      return values;
    };
    mild.push_back(weights(1, 0)), sharp.push_back(weights(2, 0)), other.push_back(weights(2, 100));
  }
  EXPECT_LT(attention_distance(rows_of(mild), rows_of(sharp), 20, RandomKey(1)).of_shuffled(), 0.5);
  EXPECT_LT(attention_distance(rows_of(sharp), rows_of(mild), 20, RandomKey(1)).of_shuffled(), 0.5);
  EXPECT_NEAR(attention_distance(rows_of(mild), rows_of(other), 20, RandomKey(1)).of_shuffled(), 1, 0.1);
  EXPECT_NEAR(attention_distance(rows_of(other), rows_of(mild), 20, RandomKey(1)).of_shuffled(), 1, 0.1);
}

TEST(AttentionDistance, ComparesRowsOfAsManyTokens) {
  const auto found =
      attention_distance(rows_of({{0.5, 0.5}, {0.2, 0.8}}), rows_of({{0.2, 0.3, 0.5}, {0.2, 0.8}}), 3, RandomKey(1));
  EXPECT_EQ(found.rows, 1);
  const auto flat = attention_distance(rows_of({{0.5, 0.5}}), rows_of({{0.5, 0.5}}), 3, RandomKey(1));
  EXPECT_EQ(flat.of_shuffled(), 1) << "equal weights agree by chance";
}

FaithfulnessSummary summary(int64_t rows, double own, int64_t bounded, std::optional<double> closed) {
  FaithfulnessSummary made;
  made.rows = rows, made.bounded_rows = bounded, made.closed = closed;
  made.erasure.comprehensiveness = own;
  made.random.comprehensiveness = 0.1, made.random_spread.comprehensiveness = 0.02;
  made.random_orderings = 10;
  return made;
}

TEST(RandomisedConclusion, AsksThatAttentionBeFarFromRandomParametersAndFromTheStart) {
  struct Case {
    double divergence, of_shuffled;
    std::optional<double> of_start;
    Outcome outcome;
    const char* why;
  };
  for (const auto& [divergence, of_shuffled, of_start, outcome, why] :
       {Case{0.1, 0.9, 0.9, Outcome::kFor, "depends on what was learned"},
        Case{0.0069, 0.9, 0.9, Outcome::kAgainst, "does not show in it"},
        Case{0.1, 0.49, 0.9, Outcome::kAgainst, "shows the architecture"},
        Case{0.1, 0.9, 0.49, Outcome::kAgainst, "shows what was drawn"},
        Case{0.1, 0.9, std::nullopt, Outcome::kUntested, "record does not tell"},
        Case{0.1, 0.49, std::nullopt, Outcome::kAgainst, "shows the architecture"}}) {
    const auto conclusion = randomised_conclusion(divergence, of_shuffled, of_start);
    EXPECT_EQ(conclusion.outcome, outcome) << why;
    EXPECT_THAT(conclusion.clause, ::testing::HasSubstr(why));
  }
}

TEST(FaithfulnessOutcome, TakesChanceAndTheWayToTheBest) {
  EXPECT_EQ(faithfulness_outcome(summary(100, 0.15, 80, 0.6)), Outcome::kFor);
  EXPECT_EQ(faithfulness_outcome(summary(100, 0.15, 80, 0.4)), Outcome::kAgainst);
  EXPECT_EQ(faithfulness_outcome(summary(100, 0.13, 80, 0.6)), Outcome::kAgainst) << "less than two deviations";
  EXPECT_EQ(faithfulness_outcome(summary(29, 0.13, 20, 0.6)), Outcome::kUntested) << "few rows";
  EXPECT_EQ(faithfulness_outcome(summary(29, 0.15, 20, 0.6)), Outcome::kFor);
  EXPECT_EQ(faithfulness_outcome(summary(100, 0.15, 0, std::nullopt)), Outcome::kUntested) << "no bounds";
  EXPECT_EQ(faithfulness_outcome(summary(100, 0.13, 0, std::nullopt)), Outcome::kAgainst);
  EXPECT_EQ(faithfulness_outcome(summary(100, 0.15, 80, std::nullopt)), Outcome::kAgainst) << "nothing to find";
}

TEST(FaithfulnessOutcome, TakesTheChanceOfFewOrderings) {
  // Two sample deviations of one more draw beside the mean of ten: 2 * 0.02 * sqrt(11 / 9) = 0.0442.
  EXPECT_FALSE(beats_chance(summary(100, 0.143, 80, 0.6)));
  EXPECT_TRUE(beats_chance(summary(100, 0.145, 80, 0.6)));
  auto few = summary(100, 0.15, 80, 0.6);
  few.random_orderings = 5;  // 2 * 0.02 * sqrt(6 / 4) = 0.049
  EXPECT_EQ(faithfulness_outcome(few), Outcome::kFor);
  few.random_orderings = 4;
  EXPECT_EQ(faithfulness_outcome(few), Outcome::kUntested);
  few.random_orderings = 1;
  EXPECT_FALSE(beats_chance(few)) << "one ordering has no spread";
}

/// The lead of a model that alone is right on the first `own` of some rows, where another is on the next `others`.
PairedDifference lead(size_t rows, size_t own, size_t others) {
  std::vector<double> first(rows, 1), second(rows, 1);
  std::fill_n(second.begin(), own, 0.0);
  std::fill_n(first.begin() + static_cast<std::ptrdiff_t>(own), others, 0.0);
  return lead_in_accuracy(first, second, RandomKey(4));
}

TEST(LeadInAccuracy, IsNotExcludedByRowsThatTellNothing) {
  const auto alike = lead(30, 0, 0);
  EXPECT_EQ(alike.difference, 0);
  EXPECT_NEAR(alike.high, 3.0 / 32, 1e-12) << "the rule of three";
  EXPECT_EQ(uniform_outcome(alike, 0.02), Outcome::kUntested);
  EXPECT_EQ(uniform_outcome(lead(30, 0, 1), 0.02), Outcome::kUntested);
  EXPECT_EQ(uniform_outcome(lead(100, 0, 0), 0.02), Outcome::kUntested);
  EXPECT_EQ(uniform_outcome(lead(160, 0, 0), 0.02), Outcome::kAgainst);
  EXPECT_EQ(uniform_outcome(lead(1000, 20, 25), 0.02), Outcome::kAgainst);
}

TEST(LeadInAccuracy, IsNotFoundOnAHandfulOfRows) {
  EXPECT_NEAR(lead(30, 4, 0).difference, 4.0 / 30, 1e-12);
  EXPECT_NE(uniform_outcome(lead(30, 4, 0), 0.02), Outcome::kFor) << "a sign test gives p = 0.125";
  EXPECT_EQ(uniform_outcome(lead(30, 8, 0), 0.02), Outcome::kFor) << "p = 0.008";
  EXPECT_EQ(uniform_outcome(lead(1000, 60, 20), 0.02), Outcome::kFor);
}

TEST(UniformOutcome, IsUntestedWhereTheIntervalHoldsBoth) {
  EXPECT_EQ(uniform_outcome({.difference = 0.03, .low = 0.01, .high = 0.05}, 0.02), Outcome::kFor);
  EXPECT_EQ(uniform_outcome({.difference = 0.0, .low = -0.01, .high = 0.01}, 0.02), Outcome::kAgainst);
  EXPECT_EQ(uniform_outcome({.difference = -0.05, .low = -0.06, .high = -0.04}, 0.02), Outcome::kAgainst);
  EXPECT_EQ(uniform_outcome({.difference = 0.01, .low = -0.02, .high = 0.04}, 0.02), Outcome::kUntested);
}

struct VerdictCase {
  std::string name;
  std::vector<Outcome> decisive, others;
  Usability usability;
  std::string beginning;
};

class Verdicts : public ::testing::TestWithParam<VerdictCase> {};

TEST_P(Verdicts, FollowFromTheFindings) {
  std::vector<Finding> findings;
  for (const auto outcome : GetParam().decisive)
    findings.push_back({.test = "d" + std::to_string(findings.size()), .decisive = true, .outcome = outcome});
  for (const auto outcome : GetParam().others)
    findings.push_back({.test = "t" + std::to_string(findings.size()), .outcome = outcome});
  const auto verdict = verdict_of(findings, "pool");
  EXPECT_EQ(verdict.usability, GetParam().usability);
  EXPECT_THAT(verdict.conclusion, StartsWith(GetParam().beginning));
}

constexpr auto kFor = Outcome::kFor, kAgainst = Outcome::kAgainst, kUntested = Outcome::kUntested;

INSTANTIATE_TEST_SUITE_P(
    Rules, Verdicts,
    ::testing::Values(
        VerdictCase{"all_for",
                    {kFor, kFor},
                    {kFor, kFor, kFor},
                    Usability::kUsable,
                    "Attention at pool is usable as an explanation of this model: of 5 tests, none speaks against it."},
        VerdictCase{"one_other",
                    {kFor},
                    {kAgainst, kFor},
                    Usability::kWithCare,
                    "Attention at pool is usable as an explanation of this model, with care: of 3 tests, 1 speaks "
                    "against it (t1)."},
        VerdictCase{"two_others",
                    {kFor},
                    {kAgainst, kAgainst},
                    Usability::kNotUsable,
                    "Attention at pool is not usable as an explanation of this model: of 3 tests, 2 speak against it "
                    "(t1 and t2)."},
        VerdictCase{"decisive", {kAgainst, kFor}, {kFor}, Usability::kNotUsable, "Attention at pool is not usable"},
        VerdictCase{"decisive_though_missing",
                    {kAgainst},
                    {kUntested, kUntested},
                    Usability::kNotUsable,
                    "Attention at pool is not usable as an explanation of this model: of 1 test, 1 speaks against"},
        VerdictCase{"missing", {kFor}, {kFor, kUntested}, Usability::kUndecided, "Whether attention at pool is usable"},
        VerdictCase{"missing_and_against", {kFor}, {kAgainst, kUntested}, Usability::kUndecided, "Whether attention"},
        VerdictCase{"nothing_tested", {kUntested}, {kUntested}, Usability::kUndecided, "Whether attention"}),
    case_name);

TEST(Verdict, RestsOnTheFindingsThatDecide) {
  std::vector<Finding> findings = {{.test = "a", .outcome = kAgainst, .sentence = "A."},
                                   {.test = "b", .outcome = kFor, .sentence = "B."}};
  EXPECT_THAT(verdict_of(findings, "pool").reasons, ElementsAre("A."));
  findings.push_back({.test = "c", .decisive = true, .outcome = kAgainst, .sentence = "C."});
  EXPECT_THAT(verdict_of(findings, "pool").reasons, ElementsAre("C."));
}

TEST(Verdict, NamesWhatIsMissing) {
  const std::vector<Finding> findings = {{.test = "permuted", .outcome = kFor}, {.test = "seeds"}};
  EXPECT_EQ(verdict_of(findings, "pool").advice.front(), "Not tested, for the reasons given: seeds.");
  EXPECT_THROW((void)verdict_of({}, "pool"), UsageError);
}

}  // namespace
}  // namespace attune::testing
