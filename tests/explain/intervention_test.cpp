// SPDX-License-Identifier: Apache-2.0
// Explanations of a model under an intervention are of what it predicts then.
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "attune/explain/attention_mass.hpp"
#include "attune/ops/threads.hpp"
#include "explain_fixtures.hpp"
#include "gradient_path.hpp"

namespace attune::testing {
namespace {

using Weights = Intervention::Weights;

const std::vector<std::string> kRow = {"poor thing came fast on monday", "Delft", "3", ""};  // nine tokens
constexpr size_t kTokens = 9;

auto uniform_at(const std::string& named) {
  return [=](std::string_view site) {
    return Intervention{.weights = site == named ? Weights::kUniform : Weights::kComputed};
  };
}

double farthest_from_uniform(const AttentionMass& mass) {
  double farthest = 0;
  for (const double share : mass.values) farthest = std::max(farthest, std::abs(share - 1.0 / kTokens));
  return farthest;
}

TEST(ExplainedIntervention, ShowsTheMassesThatItSets) {
  auto model = lively_model(0);
  const auto before = attention_masses(subject_of(model, kRow));
  for (const auto& mass : before) EXPECT_GT(farthest_from_uniform(mass), 0.01) << mass.site;
  for (const std::string site : {"pool", "block.0.self"}) {
    model.set_intervention(uniform_at(site));
    const auto subject = subject_of(model, kRow);
    for (const auto& mass : attention_masses(subject)) {
      ASSERT_EQ(mass.values.size(), kTokens);
      const double farthest = farthest_from_uniform(mass);
      EXPECT_EQ(farthest < 1e-6, mass.site == site) << site << " and " << mass.site << ": " << farthest;
    }
    for (const auto& matrix : attention_matrices(subject, site))
      for (const float weight : matrix.weights) EXPECT_NEAR(weight, 1.0 / kTokens, 1e-6);
  }
  model.set_intervention(uniform_at("pool"));
  for (const double share : explained("attention", subject_of(model, kRow)).values)
    EXPECT_NEAR(share, 1.0 / kTokens, 1e-6);
  model.set_intervention({});
  const auto after = attention_masses(subject_of(model, kRow));
  ASSERT_EQ(after.size(), before.size());
  for (size_t m = 0; m < after.size(); ++m) EXPECT_EQ(after[m].values, before[m].values) << "to the last bit";
}

TEST(ExplainedIntervention, IsOfTheAnswerThatTheModelGives) {
  const auto table = mixed_table(40);
  const auto executor = make_executor(1);
  auto model = lively_model(0.8);
  const auto computed = model.score(*table, rows_up_to(40), *executor);
  model.set_intervention(uniform_at("pool"));
  const auto scores = model.score(*table, rows_up_to(40), *executor);
  EXPECT_FALSE(same_scores(scores, computed));
  for (const size_t output : {0U, 1U}) {
    const auto subjects = read_subjects(model, *table, rows_up_to(40), {.output = output}, *executor);
    for (size_t r = 0; r < subjects.size(); ++r) {
      const auto row = scores[output].row(static_cast<int64_t>(r));
      const std::vector<double> pooled(row.begin(), row.end());
      const auto expected = scored(pooled, subjects[r].question().of_class);
      EXPECT_NEAR(subjects[r].scored().score, expected.score, 1e-5);
      EXPECT_NEAR(score_of(subjects[r], Keep(subjects[r].tokens().size(), true)), expected.score, 1e-4)
          << "of all its tokens";
    }
  }
}

/// Whole gradient paths add up to what the answer changes by, which they would not in another model.
TEST(ExplainedIntervention, ClosesTheGapOfIntegratedGradients) {
  for (const std::string site : {"pool", "block.0.self"}) {
    auto model = lively_model(0);
    model.set_intervention(uniform_at(site));
    const auto subject = subject_of(model, kRow, {.output = 1});
    const auto attribution = explained("integrated_gradients", subject);
    ASSERT_TRUE(attribution.completeness.has_value());
    EXPECT_LT(attribution.completeness->gap, 0.02 * std::abs(attribution.completeness->change) + 1e-3) << site;
    EXPECT_NEAR(GradientPath(subject).score(1), subject.scored().score, 1e-4) << site;
  }
}

TEST(ExplainedIntervention, HasPartsThatAddUpToThePooledScore) {
  for (const auto& change :
       {Intervention{.weights = Weights::kUniform}, Intervention{.head_gates = at::full({1}, 0.5)}}) {
    auto model = lively_model(0);
    model.set_intervention([&](std::string_view site) { return site == "pool" ? change : Intervention{}; });
    const auto subject = subject_of(model, kRow, {.output = 1});
    const auto& parameters = model.network().parameters();
    // Of a number the score is linear in the pooled vector: its own bias and that of the pool's output remain.
    const auto weight = parameters.get("head.1.scores.weight");
    const double rest =
        (weight.matmul(parameters.get("pool.output.bias")) + parameters.get("head.1.scores.bias")).item<double>();
    EXPECT_NEAR(sum(explained("pool_gradient", subject).values) + rest, subject.scored().score, 1e-4);
  }
}

}  // namespace
}  // namespace attune::testing
