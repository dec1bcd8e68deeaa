// SPDX-License-Identifier: Apache-2.0
#include <ATen/TensorOperators.h>
#include <gmock/gmock.h>
#include <torch/csrc/autograd/autograd.h>

#include "attune/nn/mixer.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

using ::testing::ElementsAreArray;

struct Case {
  std::string name;
  NetworkPlan plan;
};

template <class Change>
Case changed(const std::string& name, Change change) {
  Case c{.name = name, .plan = {}};
  change(c.plan);
  return c;
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& mechanism : allocation_names()) {
    all.push_back(changed("block_" + mechanism, [&](auto& p) { p.blocks = {NetworkPlan::small_block(mechanism)}; }));
    all.push_back(
        changed("pool_" + mechanism, [&](auto& p) { p.pool.allocation = NetworkPlan::small_attention(mechanism); }));
  }
  for (const char* kind : {"mean", "max", "first"}) {
    all.push_back(changed(std::string("pool_") + kind, [&](auto& p) { p.pool.kind = kind; }));
  }
  for (const size_t count : {0U, 1U, 3U}) {
    all.push_back(changed("blocks_" + std::to_string(count), [&](auto& p) { p.blocks.assign(count, p.blocks[0]); }));
  }
  all.push_back(changed("no_norm", [](auto& p) { p.blocks[0].norm = false; }));
  all.push_back(changed("no_residual", [](auto& p) { p.blocks[0].residual = false; }));
  all.push_back(changed("no_feed_forward", [](auto& p) { p.blocks[0].feed_forward = false; }));
  all.push_back(changed("no_attention", [](auto& p) { p.blocks[0].attention = false; }));
  all.push_back(changed("no_projections", [](auto& p) { p.blocks[0].allocation.projections = false; }));
  all.push_back(changed("causal", [](auto& p) { p.blocks[0].allocation.causal = true; }));
  all.push_back(changed("convolution", [](auto& p) { p.backbone.convolution = 3; }));
  all.push_back(changed("final_norm", [](auto& p) { p.backbone.final_norm = true; }));
  for (const char* positions : {"sinusoidal", "learned"}) {
    all.push_back(changed(std::string("positions_") + positions, [&](auto& p) {
      p.ids[0].positions = positions;
      p.ids[0].longest = 4;  // the longest row has 5 tokens: its last shares the row of the fourth
    }));
  }
  for (const char* activation : {"relu", "gelu", "none"}) {
    all.push_back(
        changed(std::string("activation_") + activation, [&](auto& p) { p.blocks[0].activation = activation; }));
  }
  all.push_back(changed("hidden_layers", [](auto& p) { p.heads[0].hidden = {6, 4}; }));
  all.push_back(changed("two_heads", [](auto& p) { p.heads.push_back({.kind = "value"}); }));
  return all;
}

TEST(EveryNetwork, ScoresEveryRowAlikeEachTime) {
  for (const auto& [name, plan] : cases()) {
    SCOPED_TRACE(name);
    const auto network = build(plan);
    const auto inputs = encode_rows(plan, {0, 1, 2, 3, 4});
    const auto scores = network.forward(inputs, {});
    ASSERT_EQ(scores.size(), plan.heads.size());
    EXPECT_EQ(scores[0].sizes(), (std::vector<int64_t>{kTableRows, 3}));
    for (size_t h = 0; h < scores.size(); ++h) {
      EXPECT_TRUE(all_finite(scores[h]));
      EXPECT_TRUE(same_bits(scores[h], network.forward(inputs, {})[h]));
    }
    EXPECT_TRUE(same_bits(scores[0], scores_of(build(plan), inputs)))
        << "the description and the source fix the parameters";
  }
}

TEST(EveryNetwork, PassesAGradientToEveryParameter) {
  for (const auto& [name, plan] : cases()) {
    SCOPED_TRACE(name);
    const auto network = build(plan);
    auto sum = Tensor();
    for (const auto& scores : network.forward(encode_rows(plan, {0, 1, 2, 3, 4}), {})) {
      sum = sum.defined() ? sum + scores.sin().sum() : scores.sin().sum();
    }
    const auto gradients = torch::autograd::grad({sum}, network.parameters().values(), {}, false, false, true);
    ASSERT_FALSE(gradients.empty());
    for (size_t p = 0; p < gradients.size(); ++p) {
      const auto& parameter = network.parameters().all()[p].name;
      ASSERT_TRUE(gradients[p].defined()) << parameter << " takes no part";
      EXPECT_TRUE(all_finite(gradients[p])) << parameter;
      EXPECT_GT(gradients[p].abs().max().item<double>(), 0.0) << parameter;
    }
  }
}

TEST(EveryNetwork, TakesABatchWithoutRowsAndRowsWithoutTokens) {
  for (const auto& [name, plan] : cases()) {
    SCOPED_TRACE(name);
    const auto network = build(plan);
    EXPECT_EQ(scores_of(network, encode_rows(plan, {})).sizes(), (std::vector<int64_t>{0, 3}));

    auto ids_only = plan;
    ids_only.scalars.clear();
    const auto scores = scores_of(build(ids_only), encode_rows(ids_only, {2, 2}));
    EXPECT_EQ(scores.sizes(), (std::vector<int64_t>{2, 3}));
    EXPECT_TRUE(all_finite(scores));
  }
}

std::vector<std::string> names(const Network& network) {
  std::vector<std::string> result;
  for (const auto& parameter : network.parameters().all()) result.push_back(parameter.name);
  return result;
}

/// In training, tokens are masked or not, and masked ones are what masked() says.
TEST(Network, SaysWhatTrainingMakesOfMaskedTokens) {
  for (const bool several_inputs : {false, true}) {
    NetworkPlan plan;
    plan.ids.front().token_mask = 0.5;
    plan.scalars.front().token_mask = 0.5;
    if (!several_inputs) plan.scalars.clear();
    const auto network = build(plan);
    const auto inputs = encode_rows(plan, {0, 1, 3, 4}, /*places=*/true);
    const auto seen = network.embed(inputs, {});
    const auto trained = network.embed(inputs, {.training = true, .random = RandomKey(4)});
    const auto masked = network.masked(seen);
    int64_t times = 0;
    for (int64_t t = 0; t < masked.size(0); ++t) {
      const bool is_masked = same_bits(trained.values[t].detach(), masked[t].detach());
      const bool is_seen = same_bits(trained.values[t].detach(), seen.values[t].detach());
      EXPECT_NE(is_masked, is_seen) << t;
      times += is_masked;
    }
    EXPECT_GT(times, 0);
    EXPECT_LT(times, masked.size(0));
  }
}

TEST(Network, GoesOnFromTokensOutOfTheBackbone) {
  const NetworkPlan plan;
  const auto network = build(plan);
  const auto inputs = encode_rows(plan, {0, 1, 2});
  const ForwardContext context;
  const auto hidden = network.hidden(inputs, context);
  EXPECT_TRUE(same_bits(network.head(0).forward(network.hidden_of(hidden.tokens(), context), context).detach(),
                        scores_of(network, inputs).detach()));
}

TEST(NetworkParameters, OfTheClassicNetwork) {
  const NetworkPlan plan{.backbone = {.width = 16},
                         .ids = {{.vocabulary = 100}},
                         .scalars = {},
                         .blocks = {{.feed_forward = false,
                                     .norm = false,
                                     .residual = false,
                                     .allocation = {.mechanism = "dot", .projections = false}}},
                         .pool = {.kind = "mean"},
                         .heads = {{.classes = 2, .hidden = {10}}}};
  const auto network = build(plan);
  EXPECT_THAT(names(network), ElementsAreArray({"input.0.table", "head.0.hidden_0.weight", "head.0.hidden_0.bias",
                                                "head.0.scores.weight", "head.0.scores.bias"}));
  EXPECT_EQ(network.parameters().count(), 100 * 16 + (10 * 16 + 10) + (2 * 10 + 2));
  EXPECT_THAT(network.sites(), ElementsAreArray({"block.0.self"}));
}

TEST(NetworkParameters, OfTheSmallNetwork) {
  NetworkPlan plan;
  plan.blocks[0].allocation.key_width = 3;
  const auto network = build(plan);
  EXPECT_THAT(names(network), ElementsAreArray({"input.0.table",
                                                "input.0.further",
                                                "input.1.weight",
                                                "input.1.bias",
                                                "input.1.missing",
                                                "inputs",
                                                "block.0.self_norm.weight",
                                                "block.0.self_norm.bias",
                                                "block.0.self.query.weight",
                                                "block.0.self.query.bias",
                                                "block.0.self.key.weight",
                                                "block.0.self.value.weight",
                                                "block.0.self.value.bias",
                                                "block.0.self.output.weight",
                                                "block.0.self.output.bias",
                                                "block.0.feed_forward_norm.weight",
                                                "block.0.feed_forward_norm.bias",
                                                "block.0.expand.weight",
                                                "block.0.expand.bias",
                                                "block.0.contract.weight",
                                                "block.0.contract.bias",
                                                "pool.learned_query",
                                                "pool.query.weight",
                                                "pool.query.bias",
                                                "pool.key.weight",
                                                "pool.value.weight",
                                                "pool.value.bias",
                                                "pool.output.weight",
                                                "pool.output.bias",
                                                "pool.u",
                                                "head.0.scores.weight",
                                                "head.0.scores.bias"}));
  const int64_t inputs = (11 + 7) * 8 + 3 * (3 * 8) + 2 * 8;
  const int64_t self = (6 * 8 + 6) + 6 * 8 + (8 * 8 + 8) + (8 * 8 + 8);  // query, key, value, output
  const int64_t feed_forward = (5 * 8 + 5) + (8 * 5 + 8);
  const int64_t pool = 8 + 3 * (8 * 8 + 8) + 8 * 8 + 2 * 4;
  EXPECT_EQ(network.parameters().count(), inputs + (8 + 8) + self + (8 + 8) + feed_forward + pool + (3 * 8 + 3));
}

TEST(NetworkParameters, OfSplitAttention) {
  NetworkPlan plan;
  plan.blocks = {NetworkPlan::small_block("split")};
  plan.pool.allocation = NetworkPlan::small_attention("split");
  const auto network = build(plan);
  EXPECT_EQ(network.parameters().get("block.0.self.reach_3.weight").sizes(), (std::vector<int64_t>{8, 3 * 8}));
  EXPECT_EQ(network.parameters().get("block.0.self.expand.weight").sizes(), (std::vector<int64_t>{2 * 2, 5}));
  EXPECT_EQ(network.parameters().get("pool.expand.weight").sizes(), (std::vector<int64_t>{4 * 2, 5}));
  EXPECT_EQ(network.parameters().get("pool.learned.learned_query").sizes(), (std::vector<int64_t>{1, 8}));
  EXPECT_THAT(network.sites(), ElementsAreArray({"block.0.self", "pool.learned", "pool"}));
}

TEST(NetworkParameters, DecayTakesMatricesOnly) {
  const auto network = build({});
  std::vector<std::string> decaying;
  for (const auto& parameter : network.parameters().all()) {
    if (parameter.decay) decaying.push_back(parameter.name);
  }
  EXPECT_THAT(decaying,
              ElementsAreArray({"block.0.self.query.weight", "block.0.self.key.weight", "block.0.self.value.weight",
                                "block.0.self.output.weight", "block.0.expand.weight", "block.0.contract.weight",
                                "pool.query.weight", "pool.key.weight", "pool.value.weight", "pool.output.weight",
                                "pool.u", "head.0.scores.weight"}));
}

}  // namespace
}  // namespace attune
