// SPDX-License-Identifier: Apache-2.0
// What a pool makes of a row, written out.
#include "attune/nn/pool.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

/// Rows of three tokens, none and two; all numbers of the last row are negative, so that a padding of 0 would be the
/// largest.
Tokens three_rows() {
  return {.values = numbers({1, -2, 5, 1, -3, 4, /**/ -7, -1, -3, -9}).view({5, 2}),
          .offsets = whole_numbers({0, 3, 3, 5}),
          .origins = {}};
}

Tensor rows_of(const std::vector<double>& values) { return numbers(values).view({3, 2}); }

const Tensor& mean_of_rows() {
  static const Tensor mean = rows_of({1, 1, 0, 0, -5, -5});
  return mean;
}
const Tensor& max_of_rows() {
  static const Tensor max = rows_of({5, 4, 0, 0, -3, -1});
  return max;
}
const Tensor& first_of_rows() {
  static const Tensor first = rows_of({1, -2, 0, 0, -7, -1});
  return first;
}

TEST(Pool, SummarisesEachRow) {
  for (const auto& [kind, expected] :
       {std::pair{"mean", mean_of_rows()}, {"max", max_of_rows()}, {"first", first_of_rows()}}) {
    Parameters parameters(stirred(1));
    const auto pool = make_pool({.kind = kind}, 2, ParameterScope(parameters, "pool"));
    EXPECT_TRUE(close_to((*pool)(three_rows(), {}), expected, 1e-12)) << kind;
  }
}

/// All weight on one summary shows which it is.
TEST(Pool, OfSplitAttentionWeighsMeanMaxFirstAndALearnedQuerys) {
  Parameters parameters(stirred(1));
  const AttentionSpec spec{.mechanism = "split", .groups = 1, .gate_width = 2};
  const auto pool = make_pool({.kind = "attention", .allocation = spec}, 2, ParameterScope(parameters, "pool"));
  Tensor learned;
  const auto weighed = [&](int64_t summary) {
    const auto weights = at::zeros({3, 4, 1}, at::TensorOptions(at::kDouble));
    weights.select(1, summary).fill_(1.0);
    const ForwardContext context{.observer =
                                     [&](std::string_view site, const Allocation& allocation) {
                                       if (site == "pool.learned") learned = allocation.context;
                                     },
                                 .intervention =
                                     [&](std::string_view site) {
                                       return site == "pool" ? Intervention{.weights = Intervention::Weights::kGiven,
                                                                            .given = weights}
                                                             : Intervention{};
                                     }};
    return (*pool)(three_rows(), context);
  };
  EXPECT_TRUE(close_to(weighed(0), mean_of_rows(), 1e-12));
  EXPECT_TRUE(close_to(weighed(1), max_of_rows(), 1e-12));
  EXPECT_TRUE(close_to(weighed(2), first_of_rows(), 1e-12));
  const auto fourth = weighed(3);
  ASSERT_TRUE(learned.defined());
  for (const auto& other : {mean_of_rows(), max_of_rows(), first_of_rows()}) {
    EXPECT_FALSE(close_to(fourth, other, 1e-3));
  }
  EXPECT_TRUE(same_bits(fourth[1], numbers({0, 0}))) << "a row without tokens";
}

/// Summed over each row's tokens.
Tensor row_sums(const Tensor& values) {
  return at::stack({values.slice(0, 0, 3).sum(0), values.slice(0, 3, 3).sum(0), values.slice(0, 3, 5).sum(0)});
}

TEST(Pool, PartsOfTokensAddUpToTheRowsVector) {
  for (const auto& [kind, expected] : {std::pair{"mean", mean_of_rows()}, {"first", first_of_rows()}}) {
    Parameters parameters(stirred(1));
    const auto pool = make_pool({.kind = kind}, 2, ParameterScope(parameters, "pool"));
    EXPECT_TRUE(close_to(row_sums(pool->parts(three_rows(), {})), expected, 1e-12)) << kind;
  }
  for (const std::string mechanism : {"additive", "dot", "multiplicative", "scaled_dot"}) {
    Parameters parameters(stirred(1));
    const PoolSpec spec{.kind = "attention",
                        .allocation = {.mechanism = mechanism, .heads = 2, .key_width = 3, .value_width = 3}};
    const auto pool = make_pool(spec, 2, ParameterScope(parameters, "pool"));
    auto pooled = (*pool)(three_rows(), {}) - parameters.get("pool.output.bias");
    pooled.select(0, 1).fill_(0.0);  // a row without tokens has no bias either
    const auto parts = pool->parts(three_rows(), {});
    EXPECT_TRUE(close_to(row_sums(parts), pooled.detach(), 1e-12)) << mechanism;
    EXPECT_FALSE(close_to(parts[0], parts[1], 1e-3)) << mechanism;
  }
}

TEST(Pool, PartsAreThoseOfTheChangedAllocation) {
  Parameters parameters(stirred(1));
  const PoolSpec spec{.kind = "attention", .allocation = {.heads = 2, .key_width = 3, .value_width = 3}};
  const auto pool = make_pool(spec, 2, ParameterScope(parameters, "pool"));
  const auto computed = pool->parts(three_rows(), {});
  for (const auto& change :
       {Intervention{.weights = Intervention::Weights::kUniform}, Intervention{.head_gates = numbers({0.5, 0})},
        Intervention{.weights = Intervention::Weights::kUniform, .head_gates = numbers({2, -1})}}) {
    const ForwardContext context{.intervention = [&](std::string_view) { return change; }};
    auto pooled = (*pool)(three_rows(), context) - parameters.get("pool.output.bias");
    pooled.select(0, 1).fill_(0.0);
    const auto parts = pool->parts(three_rows(), context);
    EXPECT_TRUE(close_to(row_sums(parts), pooled.detach(), 1e-12));
    EXPECT_FALSE(close_to(parts, computed, 1e-3));
  }
}

TEST(Pool, OfMaximaOrSplitAttentionHasNoParts) {
  const AttentionSpec split{.mechanism = "split", .groups = 1, .gate_width = 2};
  for (const auto& spec : {PoolSpec{.kind = "max"}, PoolSpec{.kind = "attention", .allocation = split}}) {
    Parameters parameters(stirred(1));
    EXPECT_FALSE(make_pool(spec, 2, ParameterScope(parameters, "pool"))->parts(three_rows(), {}).defined());
  }
}

}  // namespace
}  // namespace attune
