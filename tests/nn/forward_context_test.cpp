// SPDX-License-Identifier: Apache-2.0
// What an observer sees of a forward pass, and what an intervention changes.
#include "attune/nn/forward_context.hpp"

#include <ATen/TensorOperators.h>
#include <gmock/gmock.h>

#include <map>

#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr Wanted kEverything = {.log_sum_exp = true, .entropy = true, .received = true, .weights = true};

/// Sites of every sort: self, split, none in the block without attention, a pool of two calls.
NetworkPlan plan_with_many_sites() {
  NetworkPlan plan;
  plan.blocks = {NetworkPlan::small_block("scaled_dot"), NetworkPlan::small_block("split"),
                 NetworkPlan::small_block("dot"), NetworkPlan::small_block("additive")};
  plan.blocks[2].attention = false;
  plan.pool.allocation = NetworkPlan::small_attention("split");
  return plan;
}

struct Seen {
  std::vector<std::string> sites;
  std::map<std::string, Allocation> allocations;

  [[nodiscard]] auto observer() {
    return [this](std::string_view site, const Allocation& allocation) {
      sites.emplace_back(site);
      allocations[std::string(site)] = allocation;
    };
  }
};

auto only_at(const std::string& named, Intervention change) {
  return [=](std::string_view site) { return site == named ? change : Intervention{}; };
}

TEST(Observer, SeesEverySiteOnceInOrder) {
  const auto plan = plan_with_many_sites();
  const auto network = build(plan);
  EXPECT_THAT(network.sites(),
              ElementsAreArray({"block.0.self", "block.1.self", "block.3.self", "pool.learned", "pool"}));
  Seen seen;
  (void)scores_of(network, encode_rows(plan, {0, 3, 2}), {.observer = seen.observer()});
  EXPECT_EQ(seen.sites, network.sites());
}

TEST(Observer, GetsWhatWasWantedAtTheSiteAndNothingElse) {
  const auto plan = plan_with_many_sites();
  const std::map<std::string, Wanted> asked = {{"block.0.self", {.log_sum_exp = true, .received = true}},
                                               {"block.1.self", {.weights = true}},
                                               {"pool.learned", kEverything},
                                               {"pool", {.entropy = true}}};
  const auto wanted = [&](std::string_view site) {
    const auto found = asked.find(std::string(site));
    return found == asked.end() ? Wanted{} : found->second;
  };
  Seen seen;
  (void)scores_of(build(plan), encode_rows(plan, {0, 3, 2}), {.wanted = wanted, .observer = seen.observer()});
  ASSERT_EQ(seen.allocations.size(), 5U);
  for (const auto& [site, allocation] : seen.allocations) {
    const auto want = wanted(site);
    EXPECT_TRUE(allocation.context.defined()) << site;
    EXPECT_EQ(allocation.log_sum_exp.defined(), want.log_sum_exp) << site;
    EXPECT_EQ(allocation.entropy.defined(), want.entropy) << site;
    EXPECT_EQ(allocation.received.defined(), want.received) << site;
    EXPECT_EQ(allocation.weights.defined(), want.weights) << site;
  }
  EXPECT_EQ(seen.allocations["block.0.self"].received.sizes(), (std::vector<int64_t>{17, 2}));      // [N, H]
  EXPECT_EQ(seen.allocations["block.1.self"].weights.sizes(), (std::vector<int64_t>{3, 2, 2}));     // [B, R, G]
  EXPECT_EQ(seen.allocations["pool.learned"].weights.sizes(), (std::vector<int64_t>{3, 1, 1, 8}));  // [B, H, 1, Tk]
  EXPECT_EQ(seen.allocations["pool"].entropy.sizes(), (std::vector<int64_t>{3, 2}));                // [B, G]
}

TEST(Observer, ChangesNoBit) {
  const auto plan = plan_with_many_sites();
  const auto network = build(plan);
  const auto inputs = encode_rows(plan, {0, 1, 2, 3, 4});
  Seen seen;
  const auto observed =
      scores_of(network, inputs, {.wanted = [](auto) { return kEverything; }, .observer = seen.observer()});
  ASSERT_EQ(seen.sites.size(), 5U);
  EXPECT_TRUE(same_bits(observed, scores_of(network, inputs)));
}

/// Tokens as they are, weighed by dot products in one head: the hidden tokens are the contexts.
NetworkPlan bare_plan() {
  NetworkPlan plan;
  plan.ids = {{.vocabulary = 11}};
  plan.scalars.clear();
  plan.blocks = {{.feed_forward = false,
                  .norm = false,
                  .residual = false,
                  .allocation = {.mechanism = "dot", .key_width = 8, .value_width = 8, .projections = false}}};
  return plan;
}

TEST(Intervention, UniformWeightsInABlockMakeTheMeanOfTheValues) {
  const auto network = build(bare_plan());
  const ForwardContext context{.intervention = only_at("block.0.self", {.weights = Intervention::Weights::kUniform})};
  const auto tokens = network.embed({ids_of({{4, 7, 1}, {}, {9, 3}})}, context);
  const auto hidden = network.hidden(tokens, context).tokens().values;
  const auto first_mean = tokens.values.slice(0, 0, 3).mean(0), second_mean = tokens.values.slice(0, 3, 5).mean(0);
  for (int64_t t = 0; t < 5; ++t) EXPECT_TRUE(close_to(hidden[t], t < 3 ? first_mean : second_mean, 1e-12)) << t;
}

TEST(Intervention, PermutedWeightsInThePoolAreTheSameWeightsElsewhere) {
  const NetworkPlan plan;
  const auto network = build(plan);
  const auto inputs = encode_rows(plan, {0, 3});
  const auto weights_of = [&](const Intervention& change, Tensor& scores, Seen& seen) {
    scores = scores_of(network, inputs,
                       {.wanted = [](auto) { return kEverything; },
                        .observer = seen.observer(),
                        .intervention = only_at("pool", change)});
    return seen.allocations["pool"].weights;  // [B, H, 1, T]
  };
  Seen plain, permuted, given;
  Tensor plain_scores, permuted_scores, given_scores;
  const auto before = weights_of({}, plain_scores, plain);
  const auto after =
      weights_of({.weights = Intervention::Weights::kPermuted, .permutation = RandomKey(3)}, permuted_scores, permuted);
  EXPECT_FALSE(close_to(after, before, 1e-6));
  EXPECT_TRUE(close_to(std::get<0>(after.sort(-1)), std::get<0>(before.sort(-1)), 0.0));
  EXPECT_TRUE(same_bits(permuted.allocations["block.0.self"].context, plain.allocations["block.0.self"].context))
      << "a site that is not named is left alone";
  EXPECT_FALSE(close_to(permuted_scores, plain_scores, 1e-6));

  (void)weights_of({.weights = Intervention::Weights::kGiven, .given = after}, given_scores, given);
  EXPECT_TRUE(close_to(given_scores, permuted_scores, 1e-12));
}

TEST(Intervention, AGatedHeadIsAHeadWhoseOutputColumnsAre0) {
  const NetworkPlan plan;
  const auto network = build(plan);
  const auto without_second_head = [](const std::string& name, const std::vector<int64_t>& shape, Init init) {
    auto value = stirred(1)(name, shape, init);
    if (name == "block.0.self.output.weight") value.slice(1, 4, 8).zero_();  // [W, H * Dv], columns of head 1
    return value;
  };
  const Network zeroed(describe(plan), without_second_head);
  const auto inputs = encode_rows(plan, {0, 1, 2, 3, 4});
  const auto gated =
      scores_of(network, inputs, {.intervention = only_at("block.0.self", {.head_gates = numbers({1.0, 0.0})})});
  EXPECT_TRUE(close_to(gated, scores_of(zeroed, inputs), 1e-12));
  EXPECT_FALSE(close_to(gated, scores_of(network, inputs), 1e-6));
}

TEST(Intervention, IsAskedForOncePerSiteAndElsewhereChangesNothing) {
  const auto plan = plan_with_many_sites();
  const auto network = build(plan);
  const auto inputs = encode_rows(plan, {0, 1, 3});
  std::vector<std::string> asked;
  const auto intervention = [&](std::string_view site) {
    asked.emplace_back(site);
    return site == "block.9.self" ? Intervention{.weights = Intervention::Weights::kUniform} : Intervention{};
  };
  EXPECT_TRUE(same_bits(scores_of(network, inputs, {.intervention = intervention}), scores_of(network, inputs)));
  EXPECT_EQ(asked, network.sites());
}

TEST(Intervention, SplitAttentionHasNoHeadsToGate) {
  const auto plan = plan_with_many_sites();
  const auto network = build(plan);
  const ForwardContext context{.intervention = only_at("block.1.self", {.head_gates = numbers({1.0, 0.0})})};
  EXPECT_THAT(message_of<UsageError>([&] { (void)scores_of(network, encode_rows(plan, {0}), context); }),
              HasSubstr("no heads"));
}

}  // namespace
}  // namespace attune
