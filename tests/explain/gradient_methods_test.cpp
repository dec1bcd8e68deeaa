// SPDX-License-Identifier: Apache-2.0
// Methods by gradients, against central differences and against what they promise.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>

#include <cmath>

#include "attune/ops/threads.hpp"
#include "explain_fixtures.hpp"
#include "gradient_path.hpp"

namespace attune::testing {
namespace {

const std::vector<std::string> kRow = {"poor thing came fast on monday", "Delft", "3", ""};

/// The score of the row with tokens' embeddings as given, and the linear part as it is.
double score_with(const Subject& subject, const Tensor& values) {
  const at::NoGradGuard no_gradients;
  const auto& network = subject.model().network();
  auto tokens = subject.embedded();
  tokens.values = values;
  const ForwardContext context{.kernels = Kernels::kComposed};
  const auto logits = network.head(subject.question().output).forward(network.hidden(tokens, context), context);
  const std::span<const float> numbers(logits.const_data_ptr<float>(), static_cast<size_t>(logits.numel()));
  std::vector<double> opinion;
  if (subject.linear() != nullptr) {
    const auto said = subject.linear()->log_probabilities(subject.cells());
    opinion.assign(said.begin(), said.end());
  }
  return scored(subject.pooled(numbers, opinion), subject.question().of_class).score;
}

TEST(GradientInput, OfTheNetworkIsThatOfCentralDifferences) {
  constexpr float kStep = 1e-2F;
  const auto model = lively_model(0.8), network_alone = lively_model(0);
  for (const size_t output : {0U, 1U}) {
    const auto subject = subject_of(model, kRow, {.output = output});
    const auto way = subject.embedded().values - model.network().masked(subject.embedded());
    // What the linear part adds is tested below; it takes part in the slope of the odds.
    auto linear = explained("gradient_input", subject).values;
    std::vector<double> of_linear(linear.size());
    if (output == 0) {
      Attribution only;
      only.values.assign(linear.size(), 0);
      const LinearShares shares(subject);
      const auto opinion = shares.log_probabilities(1);
      const at::NoGradGuard no_gradients;
      const ForwardContext context;
      const auto logits = model.network().head(0).forward(model.network().hidden(subject.embedded(), context), context);
      const std::span<const float> numbers(logits.const_data_ptr<float>(), 3);
      shares.add_slopes(1, 1, score_slopes(subject.pooled(numbers, opinion), subject.question().of_class), only);
      of_linear = only.values;
    }
    const auto attribution = explained("gradient_input", subject);
    ASSERT_EQ(attribution.values.size(), 9U);
    for (int64_t t = 0; t < 9; ++t) {
      auto up = subject.embedded().values.clone(), down = subject.embedded().values.clone();
      up[t] += kStep * way[t];
      down[t] -= kStep * way[t];
      const double slope = (score_with(subject, up) - score_with(subject, down)) / (2.0 * static_cast<double>(kStep));
      const auto index = static_cast<size_t>(t);
      EXPECT_NEAR(attribution.values[index] - of_linear[index], slope, 2e-3 * (1 + std::abs(slope))) << t;
    }
  }
}

/// The network says nothing: what remains is a sum over n-grams, categories and numbers.
TEST(GradientPath, OfALinearPartAloneIsExact) {
  const auto model = lively_model(1);
  {
    const at::NoGradGuard no_gradients;
    for (const auto& parameter : model.network().parameters().all()) {
      if (parameter.name.starts_with("head.0.scores")) Tensor(parameter.value).zero_();
    }
  }
  const auto subject = subject_of(model, kRow, {.output = 0, .of_class = 2});
  const auto attribution = explained("integrated_gradients", subject);
  // The path's integral, in many small steps of the score itself by each piece.
  const LinearShares shares(subject);
  Attribution expected;
  expected.values.assign(subject.tokens().size(), 0);
  constexpr int kSteps = 20000;
  for (int s = 0; s < kSteps; ++s) {
    const double share = (s + 0.5) / kSteps;
    const auto opinion = shares.log_probabilities(share);
    shares.add_slopes(share, 1.0 / kSteps, score_slopes(opinion, 2), expected);
  }
  for (size_t t = 0; t < expected.values.size(); ++t)
    EXPECT_NEAR(attribution.values[t], expected.values[t], 1e-4) << subject.tokens()[t].text;
  const auto whole = shares.log_probabilities(1), nothing = shares.log_probabilities(0);
  EXPECT_NEAR(sum(attribution.values), scored(whole, 2).score - scored(nothing, 2).score, 1e-4);
}

TEST(LinearShares, AreEqualForTheTokensThatAnNgramCovers) {
  const auto model = lively_model(1);
  const auto subject = subject_of(model, {"poor thing", "Delft", "3", "2"}, {.output = 0, .of_class = 0});
  const LinearShares shares(subject);
  const std::vector<double> slopes = {1, -0.5, -0.5};
  Attribution attribution;
  attribution.values.assign(5, 0);
  shares.add_slopes(1, 1, slopes, attribution);
  const auto pieces = subject.linear_pieces();
  const auto of_pieces = subject.linear()->slopes(pieces, 1, slopes);
  std::vector<double> expected(5, 0);
  int pairs = 0;
  for (size_t p = 0; p < pieces.size(); ++p) {
    const auto& [input, place] = pieces[p].place;
    if (input == 1) expected[2] += of_pieces[p];
    if (input == 2) expected[static_cast<size_t>(3 + place.begin)] += of_pieces[p];
    if (input != 0) continue;
    const bool first = place.begin == 0, second = place.end == 10;
    pairs += first && second;
    if (first) expected[0] += of_pieces[p] / (second ? 2 : 1);
    if (second) expected[1] += of_pieces[p] / (first ? 2 : 1);
  }
  EXPECT_EQ(pairs, 1);
  for (size_t t = 0; t < 5; ++t) EXPECT_NEAR(attribution.values[t], expected[t], 1e-12) << t;
  EXPECT_EQ(attribution.elsewhere, 0);
}

/// Of many tokens and pieces, set side by side one by one; blanks and what is cut off belong to no token.
TEST(LinearShares, OfALongRowGoToAllTokensThatAPieceCovers) {
  const auto table = mixed_table(90);
  auto schema = mixed_schema();
  schema.inputs[0].options["max_length"] = 300;
  auto model = fresh_model(*table, schema);
  add_linear_part(model, *table, 1);
  std::string text;
  for (int word = 0; word < 400; ++word)
    text += std::vector<std::string>{"poor ", "thing, ", "came  ", "box "}[word % 4];
  const auto subject = subject_of(model, {text, "Delft", "3", "2"}, {.output = 0, .of_class = 0});
  ASSERT_GT(subject.tokens().size(), 300U);
  const std::vector<double> slopes = {1, -0.5, -0.5};
  Attribution attribution, expected;
  attribution.values.assign(subject.tokens().size(), 0), expected.values = attribution.values;
  LinearShares(subject).add_slopes(1, 1, slopes, attribution);
  const auto pieces = subject.linear_pieces();
  const auto of_pieces = subject.linear()->slopes(pieces, 1, slopes);
  ASSERT_GT(pieces.size(), 500U);
  for (size_t p = 0; p < pieces.size(); ++p) {
    const auto& [input, place] = pieces[p].place;
    std::vector<size_t> covered;
    for (size_t t = 0; t < subject.tokens().size(); ++t) {
      const auto& token = subject.tokens()[t].place;
      if (token.input == input && token.place.begin < place.end && place.begin < token.place.end) covered.push_back(t);
    }
    if (covered.empty()) expected.elsewhere += of_pieces[p];
    for (const size_t t : covered) expected.values[t] += of_pieces[p] / static_cast<double>(covered.size());
  }
  EXPECT_EQ(attribution.values, expected.values);
  EXPECT_EQ(attribution.elsewhere, expected.elsewhere);
  EXPECT_NE(attribution.elsewhere, 0);
}

TEST(IntegratedGradients, CloseTheGap) {
  const auto table = mixed_table(40);
  for (const double weight : {0.0, 0.8}) {
    for (const size_t output : {0U, 1U}) {
      const auto model = lively_model(weight);
      const auto executor = make_executor(2);
      const auto subjects = read_subjects(model, *table, rows_up_to(40), {.output = output}, *executor);
      const double typical = mean_change(subjects, *executor);
      EXPECT_GT(typical, 0.05);
      const auto& method = explanation_method("integrated_gradients");
      const auto attributions = explain(method, subjects, {.executor = *executor, .typical_change = typical});
      ASSERT_EQ(attributions.size(), 40U);
      for (size_t s = 0; s < 40; ++s) {
        const auto& [change, gap, share] = *attributions[s].completeness;
        const GradientPath path(subjects[s]);
        EXPECT_NEAR(change, path.score(1) - path.score(0), 1e-4);
        EXPECT_NEAR(path.score(1), subjects[s].scored().score, 1e-4);
        EXPECT_NEAR(std::abs(sum(attributions[s].values) + attributions[s].elsewhere - change), gap, 1e-9);
        EXPECT_LT(share, 0.01) << "row " << s << " after " << attributions[s].steps << " steps";
        EXPECT_NEAR(share, gap / std::max(std::abs(change), typical), 1e-12);
      }
    }
  }
}

/// What lies behind the limit of the text's tokens is read by the linear part alone.
TEST(IntegratedGradients, LayTextBehindTheLimitElsewhere) {
  const auto table = mixed_table(90);
  auto schema = mixed_schema();
  schema.inputs[0].options["max_length"] = 2;
  auto model = fresh_model(*table, schema);
  add_linear_part(model, *table, 1);
  const auto subject =
      subject_of(model, {"the thing great lovely fast", "Delft", "3", ""}, {.output = 0, .of_class = 2});
  ASSERT_EQ(subject.tokens().size(), 5U);
  const auto attribution = explained("integrated_gradients", subject);
  EXPECT_GT(std::abs(attribution.elsewhere), 0.1);
  EXPECT_LT(attribution.completeness->share, 0.01);
}

TEST(GradientPath, TakesFourStepsAndTellsTheGap) {
  const auto model = lively_model(0.8);
  const auto attribution = explained("gradient_path", subject_of(model, kRow));
  EXPECT_EQ(attribution.steps, 4);
  EXPECT_LE(attribution.forward_passes + attribution.backward_passes, 10);
  EXPECT_GT(attribution.completeness->gap, 0);
  EXPECT_THAT(attribution.notes, ::testing::ElementsAre(::testing::HasSubstr("baseline: every token masked")));
}

}  // namespace
}  // namespace attune::testing
