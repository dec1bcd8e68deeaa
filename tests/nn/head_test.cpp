// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/head.hpp"

#include <ATen/TensorOperators.h>
#include <gmock/gmock.h>

#include <cmath>

#include "attune/core/error.hpp"
#include "attune/nn/layers.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

class HeadLoss : public ::testing::Test {
 protected:
  std::unique_ptr<const Head> head(const HeadSpec& spec) {
    return make_head(spec, 8, ParameterScope(parameters_, spec.kind));
  }
  Parameters parameters_{stirred(1)};
};

/// Probabilities 1/4 and 3/4 in each row.
Tensor quarter_logits(int64_t rows) {
  return numbers({std::log(1.0), std::log(3.0)}).view({1, 2}).repeat({rows, 1}).set_requires_grad(true);
}

TEST_F(HeadLoss, OfClassesIsTheWeightedCrossEntropy) {
  const auto classes = head({.classes = 2});
  const auto loss = classes->loss(quarter_logits(2), {whole_numbers({1, 0}), numbers({0.5, 2.0})});
  EXPECT_NEAR(loss.item<double>(), -0.5 * std::log(0.75) - 2.0 * std::log(0.25), 1e-12);
}

TEST_F(HeadLoss, OfClassesSmoothed) {
  const auto classes = head({.classes = 2, .label_smoothing = 0.2});  // target 0.1, 0.9
  const auto loss = classes->loss(quarter_logits(1), {whole_numbers({1}), numbers({1.0})});
  EXPECT_NEAR(loss.item<double>(), -0.9 * std::log(0.75) - 0.1 * std::log(0.25), 1e-12);
}

TEST_F(HeadLoss, OfARowWithoutClassIsNothing) {
  for (const double smoothing : {0.0, 0.2}) {
    const auto classes = head({.kind = "class", .classes = 2, .label_smoothing = smoothing});
    parameters_ = Parameters(stirred(1));
    const auto logits = quarter_logits(2);
    const auto loss = classes->loss(logits, {whole_numbers({-1, 1}), numbers({7.0, 1.0})});
    const auto alone = classes->loss(quarter_logits(1), {whole_numbers({1}), numbers({1.0})});
    EXPECT_NEAR(loss.item<double>(), alone.item<double>(), 1e-12);
    loss.backward();
    EXPECT_TRUE(same_bits(logits.grad()[0], numbers({0.0, 0.0})));
    EXPECT_GT(logits.grad()[1].abs().min().item<double>(), 0.0);
    const auto none = classes->loss(quarter_logits(1), {whole_numbers({-1}), numbers({1.0})});
    EXPECT_EQ(none.item<double>(), 0.0);
  }
}

TEST_F(HeadLoss, OfValuesSquaredOrHuber) {
  const auto scores = numbers({1.5, -1.0}).view({2, 1});
  const HeadTarget target{numbers({1.0, 2.0}), numbers({1.0, 0.5})};  // distances 0.5 and 3
  EXPECT_NEAR(head({.kind = "value"})->loss(scores, target).item<double>(), 0.25 + 0.5 * 9.0, 1e-12);
  parameters_ = Parameters(stirred(1));
  const auto huber = head({.kind = "value", .loss = "huber"});
  EXPECT_NEAR(huber->loss(scores, target).item<double>(), 0.5 * 0.25 + 0.5 * (3.0 - 0.5), 1e-12);
}

TEST_F(HeadLoss, RefusesTargetsThatDoNotFit) {
  const auto classes = head({.classes = 2});
  const auto message = [&](const HeadTarget& target) {
    return message_of<Error>([&] { (void)classes->loss(quarter_logits(2), target); });
  };
  EXPECT_EQ(message({whole_numbers({0, 2}), numbers({1, 1})}),
            "target values: expected classes from 0 to 1, or -1 for none, found 2");
  EXPECT_THAT(message({whole_numbers({0, -2}), numbers({1, 1})}), HasSubstr("found -2"));
  EXPECT_EQ(message({numbers({0, 1}), numbers({1, 1})}), "target values: expected int64 classes, found Double");
  EXPECT_EQ(message({whole_numbers({0, 1}), numbers({1})}), "target weights: expected [B] = [2], found [1]");
  const auto value = head({.kind = "value"});
  const auto scores = numbers({1.5, -1.0}).view({2, 1});
  EXPECT_EQ(message_of<ShapeError>([&] {
              (void)value->loss(scores, {numbers({1}), numbers({1, 1})});
            }),
            "target values: expected [B] = [2], found [1]");
}

TEST_F(HeadLoss, RefusesAnUnknownKind) {
  EXPECT_EQ(message_of<UsageError>([&] { (void)head({.kind = "clas"}); }),
            "clas: unknown kind of output \"clas\" (did you mean \"class\"?)");
}

/// One score for each token, trained towards a value for each token: a head that has no use for a pooled vector.
class TokenHead : public Head {
 public:
  explicit TokenHead(const ParameterScope& scope) : score_(scope, 8, 1) {}
  Tensor forward(const Hidden& hidden, const ForwardContext&) const override {
    return score_(hidden.tokens().values).squeeze(-1);  // [N]
  }
  Tensor loss(const Tensor& scores, const HeadTarget& target) const override {
    return (scores - target.values).square().dot(target.weights);
  }

 private:
  Linear score_;
};

TEST(TokenLevelHead, NeverMakesThePooledVector) {
  const NetworkPlan plan;
  const auto network = build(plan);
  Parameters parameters(stirred(2));
  const TokenHead head(ParameterScope(parameters, "tags"));
  std::vector<std::string> seen;
  const ForwardContext context{.observer = [&](std::string_view site, const Allocation&) { seen.emplace_back(site); }};

  const auto hidden = network.hidden(encode_rows(plan, {0, 1}), context);
  const auto scores = head.forward(hidden, context);
  EXPECT_EQ(scores.sizes(), (std::vector<int64_t>{3 + 3 + 1 + 3}));
  EXPECT_THAT(seen, ElementsAreArray({"block.0.self"}));

  const auto loss = head.loss(scores, {scores.detach() - 1.0, numbers(std::vector<double>(10, 0.1))});
  EXPECT_NEAR(loss.item<double>(), 1.0, 1e-12);
  loss.backward();
  EXPECT_GT(network.parameters().get("input.0.table").grad().abs().max().item<double>(), 0.0);
  EXPECT_FALSE(network.parameters().get("pool.learned_query").grad().defined());

  (void)network.head(0).forward(hidden, context);
  (void)hidden.pooled();
  EXPECT_THAT(seen, ElementsAreArray({"block.0.self", "pool"})) << "made once, when first asked for";
}

TEST(TwoTexts, AreConcatenatedPerRowWithAVectorForEachInput) {
  NetworkPlan plan;
  plan.ids = {{.vocabulary = 11}, {.vocabulary = 5}};
  plan.scalars.clear();
  const auto network = build(plan);
  const auto context_text = ids_of({{4, 7}, {1}}), question = ids_of({{3}, {0, 2}});
  const auto tokens = network.embed({context_text, question}, {});
  EXPECT_TRUE(same_bits(tokens.offsets, whole_numbers({0, 3, 6})));
  const auto& parameters = network.parameters();
  const auto expected = [&](int64_t input, int64_t id) {
    return parameters.get("input." + std::to_string(input) + ".table")[id] + parameters.get("inputs")[input];
  };
  const std::vector<std::pair<int64_t, int64_t>> order = {{0, 4}, {0, 7}, {1, 3}, {0, 1}, {1, 0}, {1, 2}};
  for (size_t t = 0; t < order.size(); ++t) {
    EXPECT_TRUE(close_to(tokens.values[static_cast<int64_t>(t)], expected(order[t].first, order[t].second), 1e-15))
        << t;
  }
  // Which of the two texts holds a word makes a difference.
  const auto swapped = scores_of(network, {ids_of({{3}}), ids_of({{4}})});
  EXPECT_FALSE(close_to(scores_of(network, {ids_of({{4}}), ids_of({{3}})}), swapped, 1e-6));
}

}  // namespace
}  // namespace attune
