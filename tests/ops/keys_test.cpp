// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/keys.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"
#include "expect_close.hpp"
#include "operator_problem.hpp"
#include "thrown_message.hpp"

namespace attune::testing {
namespace {

/// Row b's tokens are cut out of `all`, [total, 2, 3].
Keys keys_of(const Tensor& all, const std::vector<std::pair<int64_t, int64_t>>& ranges) {
  std::vector<Tensor> parts;
  std::vector<int64_t> lengths;
  for (const auto& [first, last] : ranges) {
    parts.push_back(all.slice(0, first, last));
    lengths.push_back(last - first);
  }
  const auto tokens = at::cat(parts);
  return prepare(tokens, tokens * 2, offsets_tensor(lengths));
}

void expect_same_keys(const Keys& actual, const Keys& expected) {
  expect_same("key", actual.key, expected.key);
  expect_same("value", actual.value, expected.value);
  expect_same("offsets", actual.offsets, expected.offsets);
}

TEST(Keys, AppendEqualsTheWholeAtOnce) {
  const auto all = random_tensor({20, 2, 3}, 1);
  const auto whole = keys_of(all, {{0, 5}, {5, 5}, {5, 7}, {7, 20}});
  const auto first = keys_of(all, {{0, 2}, {5, 5}, {5, 5}, {7, 20}});
  const auto second = keys_of(all, {{2, 5}, {5, 5}, {5, 7}, {20, 20}});
  expect_same_keys(append(first, second), whole);
  const auto none = keys_of(all, {{0, 0}, {0, 0}, {0, 0}, {0, 0}});
  expect_same_keys(append(none, whole), whole);
  expect_same_keys(append(whole, none), whole);
}

TEST(Keys, ReorderEqualsTheWholeAtOnce) {
  const auto all = random_tensor({20, 2, 3}, 1);
  const auto keys = keys_of(all, {{0, 5}, {5, 5}, {5, 7}, {7, 20}});
  const auto rows = make_offsets(std::vector<int64_t>{3, 1, 0, 3});
  expect_same_keys(reorder(keys, rows), keys_of(all, {{7, 20}, {5, 5}, {0, 5}, {7, 20}}));
  const auto none = reorder(keys, make_offsets(std::vector<int64_t>{}));
  EXPECT_EQ(none.key.size(0), 0);
  EXPECT_EQ(offsets_view(none.offsets).size(), 1u);
}

/// One key at a time, the newest query attending to all keys so far, is the causal attention of the whole.
TEST(Keys, StepByStepEqualsCausalAttention) {
  const std::vector<int64_t> lengths = {6, 6, 6};
  const auto query = random_tensor({18, 4, 3}, 1), key = random_tensor({18, 2, 3}, 2),
             value = random_tensor({18, 2, 5}, 3);
  auto whole = attend_to(prepare(key, value, offsets_tensor(lengths)), query, offsets_tensor(lengths));
  whole.causal = true;
  const auto expected = scaled_dot_attention(whole).context;

  const auto one_each = offsets_tensor({1, 1, 1});
  const auto at_step = [](const Tensor& tensor, int64_t step) {
    return tensor.unflatten(0, {3, 6}).select(1, step).contiguous();
  };
  auto keys = prepare(key.slice(0, 0, 0), value.slice(0, 0, 0), offsets_tensor({0, 0, 0}));
  for (int64_t step = 0; step < 6; ++step) {
    keys = append(keys, prepare(at_step(key, step), at_step(value, step), one_each));
    auto inputs = attend_to(keys, at_step(query, step), one_each);
    inputs.causal = true;
    expect_close("step " + std::to_string(step), scaled_dot_attention(inputs).context, at_step(expected, step), 1e-14);
  }
}

TEST(Keys, SayWhatIsWrong) {
  const auto offsets = offsets_tensor({1, 2});
  const auto keys = prepare(at::zeros({3, 2, 4}), at::zeros({3, 2, 5}), offsets);
  const auto shape = [](auto action) { return thrown_message<ShapeError>([&] { (void)action(); }); };
  const auto type = [](auto action) { return thrown_message<TypeError>([&] { (void)action(); }); };
  EXPECT_EQ(shape([&] { return prepare({}, keys.value, offsets); }), "key: expected [Nk, Hkv, D], found nothing");
  EXPECT_EQ(shape([&] {
              return prepare(at::zeros({3, 8}), keys.value, offsets);
            }),
            "key: expected [Nk, Hkv, D], found [3, 8]");
  EXPECT_EQ(shape([&] {
              return prepare(keys.key, at::zeros({3, 1, 5}), offsets);
            }),
            "value: expected [Nk, Hkv, Dv] with the tokens and heads of key [3, 2, 4], found [3, 1, 5]");
  EXPECT_EQ(shape([&] { return prepare(keys.key, {}, offsets); }),
            "value: expected [Nk, Hkv, Dv] with the tokens and heads of key [3, 2, 4], found nothing");
  EXPECT_EQ(type([&] { return prepare(keys.key, keys.value.to(at::kDouble), offsets); }),
            "value: expected Float as key, found Double");
  EXPECT_EQ(shape([&] {
              return prepare(keys.key, keys.value, offsets_tensor({1, 1}));
            }),
            "offsets: end at 2, but there are 3 tokens");

  EXPECT_EQ(shape([&] { return append(keys, prepare(keys.key, keys.value, offsets_tensor({3}))); }),
            "more: expected 2 rows as keys, found 1");
  EXPECT_EQ(shape([&] {
              return append(keys, prepare(at::zeros({3, 2, 3}), keys.value, offsets));
            }),
            "more, key: expected the heads and width of [3, 2, 4], found [3, 2, 3]");
  EXPECT_EQ(shape([&] {
              return append(keys, prepare(keys.key, at::zeros({3, 2, 1}), offsets));
            }),
            "more, value: expected the heads and width of [3, 2, 5], found [3, 2, 1]");
  const auto in_double = prepare(keys.key.to(at::kDouble), keys.value.to(at::kDouble), offsets);
  EXPECT_EQ(type([&] { return append(keys, in_double); }), "more, key: expected Float as keys, found Double");

  EXPECT_EQ(shape([&] { return reorder(keys, at::zeros({1, 1}, at::kLong)); }), "rows: expected [B'], found [1, 1]");
  EXPECT_EQ(type([&] { return reorder(keys, at::zeros({1})); }), "rows: expected int64, found Float");
  for (const int64_t row : {-1, 2}) {
    EXPECT_EQ(thrown_message<UsageError>([&] { (void)reorder(keys, make_offsets(std::vector<int64_t>{row})); }),
              "rows: expected numbers of the 2 rows, found " + std::to_string(row));
  }
}

}  // namespace
}  // namespace attune::testing
