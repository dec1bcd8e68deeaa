// SPDX-License-Identifier: Apache-2.0
// Every way to call the attention operators wrongly, and what they say.
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <limits>

#include "attune/core/error.hpp"
#include "operator_problem.hpp"
#include "thrown_message.hpp"

namespace attune::testing {
namespace {

using ::testing::StartsWith;
using Kind = Intervention::Weights;

struct Call {
  AttentionInputs in;
  AttentionOptions options;
};

/// Two rows of 3 and 1 queries, 4 and 2 keys; H = 4, Hkv = 2, D = 5, Dv = 6.
Call packed_call() {
  return {.in = {.query = at::zeros({4, 4, 5}),
                 .key = at::zeros({6, 2, 5}),
                 .value = at::zeros({6, 2, 6}),
                 .query_offsets = offsets_tensor({3, 1}),
                 .key_offsets = offsets_tensor({4, 2})},
          .options = {}};
}

Call dense_call() {
  return {.in = {.query = at::zeros({2, 4, 3, 5}), .key = at::zeros({2, 2, 4, 5}), .value = at::zeros({2, 2, 4, 6})},
          .options = {}};
}

struct BadCall {
  std::function<void(Call&)> spoil;
  std::string message;
};

template <class ErrorType>
void expect_messages(Call (*make)(), const std::vector<BadCall>& cases) {
  for (const BadCall& bad : cases) {
    Call call = make();
    EXPECT_NO_THROW((void)dot_attention(call.in, call.options));
    bad.spoil(call);
    EXPECT_THAT(thrown_message<ErrorType>([&] { (void)dot_attention(call.in, call.options); }),
                StartsWith("dot attention, " + bad.message));
  }
}

TEST(AttentionOperatorCheck, PackedShapes) {
  expect_messages<ShapeError>(
      packed_call,
      {
          {[](Call& c) { c.in.query = Tensor(); }, "query: missing"},
          {[](Call& c) { c.in.key = Tensor(); }, "key: missing"},
          {[](Call& c) { c.in.value = Tensor(); }, "value: missing"},
          {[](Call& c) { c.in.key_offsets = Tensor(); }, "key_offsets: missing, but query_offsets is given"},
          {[](Call& c) {
             c.in.query = at::zeros({4, 5});
           },
           "query: expected [Nq, H, D], found [4, 5]"},
          {[](Call& c) {
             c.in.key = at::zeros({6, 5});
           },
           "key: expected [Nk, Hkv, D], found [6, 5]"},
          {[](Call& c) { c.in.value = at::zeros({6}); }, "value: expected [Nk, Hkv, Dv], found [6]"},
          {[](Call& c) {
             c.in.query = at::zeros({5, 4, 5});
           },
           "query_offsets: end at 4, but there are 5 tokens"},
          {[](Call& c) { c.in.key_offsets = offsets_tensor({6}); },
           "key_offsets: expected [B+1] = [3] as query_offsets, found [2]"},
          {[](Call& c) {
             c.in.query = at::zeros({4, 0, 5});
           },
           "query: expected H >= 1 and D >= 1, found [4, 0, 5]"},
          {[](Call& c) {
             c.in.query = at::zeros({4, 3, 5});
           },
           "key: expected Hkv to divide H = 3, found Hkv = 2"},
          {[](Call& c) {
             c.in.key = at::zeros({6, 0, 5});
           },
           "key: expected Hkv to divide H = 4, found Hkv = 0"},
          {[](Call& c) {
             c.in.key = at::zeros({6, 2, 3});
           },
           "key: expected width D = 5 as query, found [6, 2, 3]"},
          {[](Call& c) {
             c.in.value = at::zeros({6, 4, 6});
           },
           "value: expected the rows, tokens and heads of key [6, 2, 5], found [6, 4, 6]"},
          {[](Call& c) {
             c.in.mask = at::zeros({2, 2, 3, 4}, at::kBool);
           },
           "mask: expected [B, 1 or H, Tq, Tk] = [2, 1 or 4, 3, 4], found [2, 2, 3, 4]"},
          {[](Call& c) {
             c.in.mask = at::zeros({3, 4}, at::kBool);
           },
           "mask: expected [B, 1 or H, Tq, Tk] = [2, 1 or 4, 3, 4], found [3, 4]"},
          {[](Call& c) { c.options.dropout.row_ids = at::zeros({3}, at::kLong); },
           "row_ids: expected [B] = [2], found [3]"},
          {[](Call& c) { c.options.intervention.head_gates = at::zeros({2}); },
           "head_gates: expected [H] = [4], found [2]"},
          {[](Call& c) { c.options.intervention.weights = Kind::kGiven; },
           "given weights: expected [B, H, Tq, Tk] = [2, 4, 3, 4], found nothing"},
          {[](Call& c) {
             c.options.intervention = {.weights = Kind::kGiven, .given = at::zeros({2, 4, 3, 3})};
           },
           "given weights: expected [B, H, Tq, Tk] = [2, 4, 3, 4], found [2, 4, 3, 3]"},
      });
}

TEST(AttentionOperatorCheck, DenseShapes) {
  expect_messages<ShapeError>(
      dense_call, {
                      {[](Call& c) {
                         c.in.key_offsets = offsets_tensor({4, 4});
                       },
                       "query_offsets: missing, but key_offsets is given"},
                      {[](Call& c) {
                         c.in.query = at::zeros({6, 4, 5});
                       },
                       "query: expected [B, H, Tq, D], found [6, 4, 5]"},
                      {[](Call& c) {
                         c.in.key = at::zeros({6, 4, 5});
                       },
                       "key: expected [B, Hkv, Tk, D], found [6, 4, 5]"},
                      {[](Call& c) {
                         c.in.value = at::zeros({6, 4, 5});
                       },
                       "value: expected [B, Hkv, Tk, Dv], found [6, 4, 5]"},
                      {[](Call& c) {
                         c.in.key = at::zeros({3, 2, 4, 5});
                       },
                       "key: expected B = 2 rows as query, found [3, 2, 4, 5]"},
                      {[](Call& c) {
                         c.in.value = at::zeros({2, 2, 3, 6});
                       },
                       "value: expected the rows, tokens and heads of key [2, 2, 4, 5], found [2, 2, 3, 6]"},
                      {[](Call& c) {
                         c.in.mask = at::zeros({2, 1, 4, 3}, at::kBool);
                       },
                       "mask: expected [B, 1 or H, Tq, Tk] = [2, 1 or 4, 3, 4], found [2, 1, 4, 3]"},
                  });
}

TEST(AttentionOperatorCheck, Types) {
  const auto elsewhere = [](at::IntArrayRef sizes) { return at::empty(sizes, at::Device(at::kMeta)); };
  expect_messages<TypeError>(
      packed_call,
      {
          {[](Call& c) { c.in.query = c.in.query.to(at::kInt); }, "query: expected a floating type, found Int"},
          {[](Call& c) { c.in.key = c.in.key.to(at::kDouble); }, "key: expected Float as query, found Double"},
          {[](Call& c) { c.in.value = c.in.value.to(at::kHalf); }, "value: expected Float as query, found Half"},
          {[=](Call& c) {
             c.in.query = elsewhere({4, 4, 5});
           },
           "query: expected a tensor on the CPU, found one on meta"},
          {[=](Call& c) {
             c.in.value = elsewhere({6, 2, 6});
           },
           "value: expected a tensor on the CPU, found one on meta"},
          {[](Call& c) {
             c.in.mask = at::zeros({2, 1, 3, 4});
           },
           "mask: expected bool (true = may attend), found Float"},
          {[=](Call& c) {
             c.in.mask = elsewhere({2, 1, 3, 4});
           },
           "mask: expected a tensor on the CPU, found one on meta"},
          {[](Call& c) { c.in.query_offsets = at::zeros({3}); },
           "query_offsets: expected an int64 tensor [B+1] on the CPU"},
          {[](Call& c) { c.options.dropout.row_ids = at::zeros({2}, at::kInt); }, "row_ids: expected int64, found Int"},
      });
}

TEST(AttentionOperatorCheck, Usage) {
  const auto rate = [](double number) { return [=](Call& c) { c.options.dropout.rate = number; }; };
  expect_messages<UsageError>(
      packed_call,
      {
          {rate(1), "dropout rate: expected 0 <= rate < 1, found 1.0"},
          {rate(-0.1), "dropout rate: expected 0 <= rate < 1, found -0.1"},
          {rate(std::numeric_limits<double>::quiet_NaN()), "dropout rate: expected 0 <= rate < 1, found nan"},
          {[](Call& c) {
             c.options.intervention.given = at::zeros({2, 4, 3, 4});
           },
           "given weights: found them without Intervention::Weights::kGiven; choose it or leave them out"},
      });
}

TEST(AttentionOperatorCheck, Parameters) {
  const auto in = packed_call().in;
  const auto additive = [&](const Tensor& u) { return [=] { (void)additive_attention(in, u); }; };
  EXPECT_NO_THROW(additive(at::zeros({4, 5}))());
  EXPECT_EQ(thrown_message<ShapeError>(additive({})), "additive attention, u: expected [H, A] = [4, 5], found nothing");
  EXPECT_EQ(thrown_message<ShapeError>(additive(at::zeros({5, 4}))),
            "additive attention, u: expected [H, A] = [4, 5], found [5, 4]");
  EXPECT_EQ(thrown_message<TypeError>(additive(at::zeros({4, 5}, at::kDouble))),
            "additive attention, u: expected Float as query, found Double");

  const auto multiplicative = [&](const Tensor& w) { return [=] { (void)multiplicative_attention(in, w); }; };
  EXPECT_NO_THROW(multiplicative(at::zeros({4, 5, 5}))());
  EXPECT_EQ(thrown_message<ShapeError>(multiplicative(at::zeros({4, 5, 3}))),
            "multiplicative attention, w: expected [H, D, Dk] = [4, 5, 5], found [4, 5, 3]");
  EXPECT_EQ(thrown_message<TypeError>(multiplicative(at::zeros({4, 5, 5}, at::kDouble))),
            "multiplicative attention, w: expected Float as query, found Double");
  EXPECT_THAT(thrown_message<ShapeError>([&] { (void)scaled_dot_attention({}); }),
              StartsWith("scaled_dot attention, query: missing"));
}

}  // namespace
}  // namespace attune::testing
