// SPDX-License-Identifier: Apache-2.0
// Dropout on the weights. With values that are unit vectors, the context is the weights after dropout.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "expect_close.hpp"
#include "operator_problem.hpp"

namespace attune::testing {
namespace {

constexpr int64_t kHeads = 4, kWidth = 2;

/// Rows of `queries` and `keys` tokens, each key's value a unit vector of its own among `width`.
AttentionInputs rows_of(const std::vector<int64_t>& queries, const std::vector<int64_t>& keys, int64_t width,
                        uint64_t seed = 1) {
  std::vector<Tensor> values;
  for (const int64_t length : keys) values.push_back(at::eye(width, at::kDouble).narrow(0, 0, length));
  AttentionInputs in;
  in.query_offsets = offsets_tensor(queries);
  in.key_offsets = offsets_tensor(keys);
  in.query = random_tensor({offsets_of(queries).back(), kHeads, kWidth}, seed);
  in.key = random_tensor({offsets_of(keys).back(), kHeads, kWidth}, seed + 1);
  in.value = at::cat(values).unsqueeze(1).expand({-1, kHeads, -1});
  return in;
}

/// The multipliers of the weights, [Nq, H, width].
Tensor multipliers(const AttentionInputs& in, const AttentionDropout& dropout) {
  return dot_attention(in, {.dropout = dropout}).context / dot_attention(in).context;
}

TEST(AttentionDropout, MeetsItsRate) {
  const auto in = rows_of({50}, {80}, 80);
  for (const double rate : {0.1, 0.5, 0.9}) {
    SCOPED_TRACE(rate);
    const auto drawn = multipliers(in, {.rate = rate, .key = RandomKey(3)});
    const double count = static_cast<double>(drawn.numel());
    ASSERT_EQ(count, 50 * 80 * kHeads);
    const double dropped = drawn.eq(0).sum().item<double>();
    EXPECT_NEAR(dropped / count, rate, 4 * std::sqrt(rate * (1 - rate) / count));
    EXPECT_LT((drawn.masked_select(drawn.ne(0)) * (1 - rate) - 1).abs().max().item<double>(), 1e-6);
  }
}

TEST(AttentionDropout, IsOfTheRowWhateverElseStandsInTheBatch) {
  const auto alone = rows_of({3}, {5}, 9);
  const AttentionDropout dropout{.rate = 0.5, .key = RandomKey(3), .row_ids = offsets_tensor({42}).narrow(0, 1, 1)};
  const auto expected = multipliers(alone, dropout).narrow(2, 0, 5);
  EXPECT_GT(expected.eq(0).sum().item<int64_t>(), 5);

  struct Batch {
    std::vector<int64_t> queries, keys, ids;
    int64_t first;  ///< token of the row with id 42
  };
  for (const Batch& batch :
       {Batch{{7, 3}, {2, 5}, {1, 42}, 7}, {{3, 0, 1}, {5, 9, 0}, {42, 8, 9}, 0}, {{3, 3}, {5, 5}, {9, 42}, 3}}) {
    const auto in = rows_of(batch.queries, batch.keys, 9, 30);
    auto ids = at::zeros({static_cast<int64_t>(batch.ids.size()), 2}, at::kLong).select(1, 0);  // strided
    for (size_t b = 0; b < batch.ids.size(); ++b) ids[static_cast<int64_t>(b)] = batch.ids[b];
    const auto drawn = multipliers(in, {.rate = 0.5, .key = RandomKey(3), .row_ids = ids});
    expect_close("multipliers", drawn.narrow(0, batch.first, 3).narrow(2, 0, 5), expected, 1e-12);
  }
}

TEST(AttentionDropout, DependsOnKeyRowAndNothingElse) {
  const auto in = rows_of({6, 6}, {8, 8}, 8);
  const AttentionDropout dropout{.rate = 0.5, .key = RandomKey(3)};
  const auto drawn = multipliers(in, dropout).gt(0);
  EXPECT_TRUE(drawn.equal(multipliers(in, dropout).gt(0)));
  EXPECT_FALSE(drawn.equal(multipliers(in, {.rate = 0.5, .key = RandomKey(4)}).gt(0)));
  EXPECT_FALSE(drawn.narrow(0, 0, 6).equal(drawn.narrow(0, 6, 6)));  // rows
  EXPECT_FALSE(drawn.select(1, 0).equal(drawn.select(1, 1)));        // heads
  EXPECT_FALSE(drawn.select(0, 0).equal(drawn.select(0, 1)));        // queries
  const auto dense = [&](const Tensor& tensor) { return tensor.unflatten(0, {2, -1}).transpose(1, 2); };
  const auto dense_drawn =
      multipliers({.query = dense(in.query), .key = dense(in.key), .value = dense(in.value)}, dropout).gt(0);
  EXPECT_TRUE(dense_drawn.equal(dense(drawn)));
}

TEST(AttentionDropout, ContextIsTheReferencesWithThoseMultipliers) {
  for (const at::ScalarType type : {at::kDouble, at::kFloat}) {
    OperatorProblem problem({.H = kHeads,
                             .Hkv = 2,
                             .D = 8,
                             .Dv = 3,
                             .query_lengths = {3, 0, 5},
                             .key_lengths = {4, 2, 7},
                             .mask = PairMask::kPerHead,
                             .type = type});
    auto units = make_call(problem, Form::kPacked).in;  // no mask, unit values: shows the multipliers
    units.mask = Tensor();
    units.value = rows_of(problem.c.query_lengths, problem.c.key_lengths, 7).value.narrow(1, 0, 2).to(type);
    const AttentionDropout dropout{.rate = 0.5, .key = RandomKey(11)};
    const auto drawn = multipliers(units, dropout);  // [Nq, H, longest Tk]
    ASSERT_GT(drawn.eq(0).sum().item<int64_t>(), 0);
    auto padded = at::zeros({3, kHeads, 5, 7}, at::kDouble);
    padded.select(0, 0).narrow(1, 0, 3).copy_(drawn.narrow(0, 0, 3).transpose(0, 1));
    padded.select(0, 2).copy_(drawn.narrow(0, 3, 5).transpose(0, 1));
    problem.reference.dropout.fill(unpad_pairs(problem, padded.nan_to_num(0.0)));
    problem.reference.in.dropout = problem.reference.dropout.data();
    const auto result = scaled_dot_attention(make_call(problem, Form::kPacked).in, {},
                                             {.wanted = {.weights = true}, .dropout = dropout});
    const auto expected = expected_allocation(problem, Form::kPacked);
    expect_close("context", result.context, expected.context, 1e-5);
    expect_close("weights before dropout", result.weights, expected.weights, 1e-6);
  }
}

TEST(AttentionDropout, RateZeroChangesNothing) {
  const auto in = rows_of({3, 2}, {5, 9}, 9);
  expect_same("context", dot_attention(in, {.dropout = {.rate = 0, .key = RandomKey(3)}}).context,
              dot_attention(in).context);
}

}  // namespace
}  // namespace attune::testing
