// SPDX-License-Identifier: Apache-2.0
// A batch is rows that know nothing of each other; removing tokens is the same as never having had them.
#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include "attune/nn/mixer.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

constexpr double kTolerance = 1e-12;

struct Case {
  std::string mechanism, pool;
};

/// Every mechanism with every pool; a pool that is no kind of its own is attention with that mechanism.
std::vector<Case> cases() {
  std::vector<Case> all;
  auto pools = allocation_names();
  pools.insert(pools.end(), {"mean", "max", "first"});
  for (const auto& mechanism : allocation_names()) {
    for (const auto& pool : pools) all.push_back({mechanism, pool});
  }
  return all;
}

PoolSpec pool_of(const std::string& name) {
  if (name == "mean" || name == "max" || name == "first") return {.kind = name};
  return {.kind = "attention", .allocation = NetworkPlan::small_attention(name)};
}

NetworkPlan plan_of(const Case& c) {
  NetworkPlan plan;
  plan.blocks = {NetworkPlan::small_block(c.mechanism), NetworkPlan::small_block(c.mechanism)};
  plan.pool = pool_of(c.pool);
  return plan;
}

NetworkPlan text_plan_of(const Case& c) {
  auto plan = plan_of(c);
  plan.ids[0].further = 0;
  plan.scalars.clear();
  return plan;
}

TEST(PackedRows, EqualRowsOneAtATimeInAnyOrder) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(c.mechanism + ", pool " + c.pool);
    auto with_positions = plan_of(c);
    with_positions.backbone.convolution = 3;
    with_positions.ids[0].positions = "sinusoidal";
    for (const auto& plan : {with_positions, text_plan_of(c)}) {
      const auto network = build(plan);
      const std::vector<int64_t> order = {3, 0, 2, 4, 1};
      const auto together = scores_of(network, encode_rows(plan, {0, 1, 2, 3, 4}));
      const auto shuffled = scores_of(network, encode_rows(plan, order));
      for (int64_t place = 0; place < kTableRows; ++place) {
        const int64_t row = order[static_cast<size_t>(place)];
        EXPECT_TRUE(close_to(together[row], scores_of(network, encode_rows(plan, {row}))[0], kTolerance))
            << "row " << row;
        EXPECT_TRUE(close_to(shuffled[place], together[row], kTolerance)) << "row " << row;
      }
    }
  }
}

TEST(PackedRows, InTrainingDependOnTheirRowIdsNotOnTheirBatch) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(c.mechanism + ", pool " + c.pool);
    auto plan = plan_of(c);
    plan.backbone.embedding_dropout = 0.3;
    plan.ids[0].token_mask = plan.ids[0].unknown_rate = plan.scalars[0].token_mask = 0.3;
    for (auto& block : plan.blocks) block.dropout = block.allocation.dropout = 0.3;
    plan.pool.allocation.dropout = plan.heads[0].dropout = 0.3;
    const auto network = build(plan);
    const auto scores = [&](const std::vector<int64_t>& rows, uint64_t step) {
      const ForwardContext context{.training = true, .random = RandomKey(step), .row_ids = whole_numbers(rows)};
      return scores_of(network, encode_rows(plan, rows), context);
    };
    const auto batch = scores({3, 0, 1}, 9);
    EXPECT_TRUE(close_to(batch[0], scores({3}, 9)[0], kTolerance));
    EXPECT_TRUE(close_to(batch[1], scores({4, 2, 0}, 9)[2], kTolerance));
    EXPECT_FALSE(close_to(batch[0], scores({3}, 10)[0], 1e-3)) << "another step draws anew";
  }
}

TEST(PackedRows, SelectEqualsNeverHavingHadTheTokens) {
  for (const auto& c : cases()) {
    SCOPED_TRACE(c.mechanism + ", pool " + c.pool);
    const auto network = build(text_plan_of(c));
    const ForwardContext context;
    const auto whole = network.embed({ids_of({{4, 7, 1}, {2}, {9, 9, 3, 0, 5}})}, context);
    const auto keep = whole_numbers({1, 0, 1, /**/ 0, /**/ 0, 1, 1, 0, 1}).to(at::kBool);
    const auto kept = network.hidden(select(whole, keep), context);
    const auto fed = network.hidden({ids_of({{4, 1}, {}, {9, 3, 5}})}, context);
    EXPECT_TRUE(close_to(kept.tokens().values, fed.tokens().values, kTolerance));
    EXPECT_TRUE(close_to(kept.pooled(), fed.pooled(), kTolerance));
    EXPECT_TRUE(same_bits(kept.pooled()[1], at::zeros_like(kept.pooled()[1]))) << "a row without tokens pools to 0";
    EXPECT_TRUE(all_finite(network.head(0).forward(kept, context)));
  }
}

TEST(Select, KeepsThePositionsOfTheTokensThatStay) {
  NetworkPlan plan;
  plan.scalars.clear();
  plan.ids = {{.vocabulary = 11, .positions = "learned"}};
  const auto network = build(plan);
  const ForwardContext context;
  const auto whole = network.embed({ids_of({{4, 7, 1}})}, context);
  const auto kept = select(whole, whole_numbers({0, 1, 1}).to(at::kBool));
  EXPECT_TRUE(same_bits(kept.values, whole.values.slice(0, 1, 3)));
  EXPECT_FALSE(close_to(kept.values, network.embed({ids_of({{7, 1}})}, context).values, 1e-3));
}

}  // namespace
}  // namespace attune
