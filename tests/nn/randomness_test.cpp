// SPDX-License-Identifier: Apache-2.0
// Draws are functions of (key, site, row id, element) and of nothing else. That whole networks keep to it is tested in
// packed_rows_test.cpp.
#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>

#include <cmath>

#include "attune/core/error.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;

ForwardContext training_context(const std::vector<int64_t>& row_ids, uint64_t step = 1) {
  return {.training = true, .random = RandomKey(step), .row_ids = whole_numbers(row_ids)};
}

Tensor ones(int64_t tokens, int64_t width = 6) { return at::ones({tokens, width}, at::TensorOptions(at::kDouble)); }

TEST(Dropout, FollowsTheRowIdNotThePlaceInTheBatch) {
  const auto first = dropout(ones(7), whole_numbers({0, 3, 7}), 0.5, training_context({7, 8}), "here");
  const auto second = dropout(ones(6), whole_numbers({0, 1, 3, 6}), 0.5, training_context({2, 5, 7}), "here");
  EXPECT_TRUE(same_bits(first.slice(0, 0, 3), second.slice(0, 3, 6)));
  // A row that lost its last tokens draws the same for the others.
  const auto shorter = dropout(ones(2), whole_numbers({0, 2}), 0.5, training_context({7}), "here");
  EXPECT_TRUE(same_bits(shorter, first.slice(0, 0, 2)));
}

TEST(Dropout, DiffersByKeySiteRowAndElement) {
  const auto offsets = whole_numbers({0, 4, 8});
  const auto drawn = [&](const ForwardContext& context, const char* site) {
    return dropout(ones(8), offsets, 0.5, context, site);
  };
  const auto base = drawn(training_context({0, 1}), "here");
  EXPECT_FALSE(close_to(base, drawn(training_context({0, 1}, 2), "here"), 0.1));
  EXPECT_FALSE(close_to(base, drawn(training_context({0, 1}), "there"), 0.1));
  EXPECT_FALSE(close_to(base.slice(0, 0, 4), base.slice(0, 4, 8), 0.1));
  EXPECT_FALSE(close_to(base[0], base[1], 0.1));
}

TEST(Dropout, WithoutRowIdsCountsTheRows) {
  const auto offsets = whole_numbers({0, 2, 4});
  const ForwardContext counted{.training = true, .random = RandomKey(1)};
  EXPECT_TRUE(same_bits(dropout(ones(4), offsets, 0.5, counted, "here"),
                        dropout(ones(4), offsets, 0.5, training_context({0, 1}), "here")));
}

TEST(Dropout, KeepsTheShareItShouldAndTheExpectation) {
  const auto offsets = whole_numbers({0, 1000, 4000});
  for (const double rate : {0.1, 0.5, 0.9}) {
    const auto values = dropout(ones(4000, 10), offsets, rate, training_context({0, 1}), "here");
    const auto dropped = values.eq(0.0).to(at::kDouble).mean().item<double>();
    EXPECT_NEAR(dropped, rate, 5.0 * std::sqrt(rate * (1.0 - rate) / 40000.0)) << rate;  // five standard errors
    EXPECT_NEAR(values.max().item<double>(), 1.0 / (1.0 - rate), 1e-6) << rate;
  }
}

TEST(Dropout, DrawsNothingOutsideTraining) {
  const auto values = ones(3);
  ForwardContext context = training_context({0});
  EXPECT_TRUE(dropout(values, whole_numbers({0, 3}), 0.0, context, "here").is_same(values));
  context.training = false;
  EXPECT_TRUE(dropout(values, whole_numbers({0, 3}), 0.5, context, "here").is_same(values));
  EXPECT_FALSE(token_mask(whole_numbers({0, 3}), 0.5, at::kDouble, context, "here").defined());
  EXPECT_EQ(context.options_at("here", 0.5).dropout.rate, 0.0);
}

/// Whether training draws anything in a network with dropout in one place only.
bool training_changes(const NetworkPlan& plan, const std::vector<std::vector<int64_t>>& rows) {
  const auto network = build(plan);
  const std::vector<NetworkInput> inputs = {ids_of(rows)};
  const ForwardContext training{.training = true, .random = RandomKey(1)};
  return !close_to(scores_of(network, inputs, training), scores_of(network, inputs), 1e-9);
}

TEST(Dropout, ActsInEveryPlaceWhereItIsSet) {
  NetworkPlan plain;
  plain.ids = {{.vocabulary = 11}};
  plain.scalars.clear();
  const std::vector<std::vector<int64_t>> rows = {{4, 7, 1, 4}, {2, 3, 5}};
  EXPECT_FALSE(training_changes(plain, rows)) << "none is set";

  using Change = void (*)(NetworkPlan&);
  const std::pair<const char*, Change> places[] = {
      {"embedding", [](NetworkPlan& plan) { plan.backbone.embedding_dropout = 0.5; }},
      {"mixer",
       [](NetworkPlan& plan) {
         plan.blocks[0].feed_forward = false;
         plan.blocks[0].dropout = 0.5;
       }},
      {"feed-forward",
       [](NetworkPlan& plan) {
         plan.blocks[0].attention = false;
         plan.blocks[0].dropout = 0.5;
       }},
      {"weights of a block", [](NetworkPlan& plan) { plan.blocks[0].allocation.dropout = 0.5; }},
      {"weights of the pool", [](NetworkPlan& plan) { plan.pool.allocation.dropout = 0.5; }},
      {"pooled vector", [](NetworkPlan& plan) { plan.heads[0].dropout = 0.5; }},
  };
  for (const auto& [name, change] : places) {
    auto plan = plain;
    change(plan);
    EXPECT_TRUE(training_changes(plan, rows)) << name;
  }
  // The pooled vector of rows without tokens is 0, so that what is left to drop are the hidden units.
  auto plan = plain;
  plan.heads[0].dropout = 0.5;
  EXPECT_FALSE(training_changes(plan, {{}, {}}));
  plan.heads[0].hidden = {6};
  EXPECT_TRUE(training_changes(plan, {{}, {}})) << "hidden layer";
}

TEST(AttentionOptions, DropWeightsBySiteAndRow) {
  const auto context = training_context({7, 2});
  const auto here = context.options_at("block.0.self", 0.25).dropout;
  EXPECT_EQ(here.rate, 0.25);
  EXPECT_TRUE(same_bits(here.row_ids, context.row_ids));
  EXPECT_NE(here.key.state(), context.options_at("block.1.self", 0.25).dropout.key.state());
  EXPECT_NE(here.key.state(), training_context({7, 2}, 2).options_at("block.0.self", 0.25).dropout.key.state());
}

TEST(TokenMask, IsOneDrawPerTokenOfTheRow) {
  const auto mask = token_mask(whole_numbers({0, 300, 500}), 0.3, at::kDouble, training_context({4, 9}), "here");
  EXPECT_EQ(mask.sizes(), (std::vector<int64_t>{500, 1}));
  EXPECT_TRUE(mask.eq(0.0).logical_or(mask.eq(1.0)).all().item<bool>());
  EXPECT_NEAR(mask.mean().item<double>(), 0.7, 5.0 * std::sqrt(0.21 / 500.0));
  const auto alone = token_mask(whole_numbers({0, 200}), 0.3, at::kDouble, training_context({9}), "here");
  EXPECT_TRUE(same_bits(alone, mask.slice(0, 300, 500)));
}

TEST(EmbeddingDraws, MaskTokensAndReplaceIdsAtTheRatesSaid) {
  NetworkPlan plan;
  plan.scalars.clear();
  plan.ids = {{.vocabulary = 11, .unknown = 2, .token_mask = 0.2, .unknown_rate = 0.4}};
  const auto network = build(plan);
  const auto table = network.parameters().get("input.0.table").detach();
  const std::vector<int64_t> sevens(1000, 7);
  const auto values = network.embed({ids_of({sevens})}, training_context({3})).values.detach();
  int64_t masked = 0, unknown = 0, known = 0;
  for (int64_t t = 0; t < 1000; ++t) {
    masked += values[t].eq(0.0).all().item<bool>();
    unknown += values[t].equal(table[2]);
    known += values[t].equal(table[7]);
  }
  EXPECT_EQ(masked + unknown + known, 1000);
  EXPECT_NEAR(static_cast<double>(masked), 200.0, 5.0 * std::sqrt(1000 * 0.2 * 0.8));
  EXPECT_NEAR(static_cast<double>(unknown), 320.0, 5.0 * std::sqrt(1000 * 0.32 * 0.68));
}

TEST(RowIds, MustBeOnePerRow) {
  const auto offsets = whole_numbers({0, 1, 2});
  EXPECT_THAT(message_of<ShapeError>([&] { (void)dropout(ones(2), offsets, 0.5, training_context({1}), "here"); }),
              HasSubstr("row_ids: expected [B] = [2], contiguous, found [1]"));
  const ForwardContext wrong{.training = true, .random = RandomKey(1), .row_ids = numbers({0, 1})};
  EXPECT_THAT(message_of<TypeError>([&] { (void)token_mask(offsets, 0.5, at::kDouble, wrong, "here"); }),
              HasSubstr("row_ids: expected int64, found Double"));
}

}  // namespace
}  // namespace attune
