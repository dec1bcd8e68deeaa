// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "split_call.hpp"
#include "thrown_message.hpp"

namespace attune::testing {
namespace {

struct BadSplit {
  std::function<void(SplitCall&, Intervention&)> spoil;
  std::string message;
};

/// N = 5 tokens in two rows, R = 2, W = 8, G = 2, E = 3.
template <class ErrorType>
void expect_messages(const std::vector<BadSplit>& cases) {
  const SplitProblem problem({.R = 2, .W = 8, .G = 2, .hidden = 3, .lengths = {3, 2}});
  for (const BadSplit& bad : cases) {
    auto call = make_split_call(problem);
    Intervention intervention;
    EXPECT_NO_THROW((void)split_attention(call.branches, call.offsets, call.gate, {}, intervention));
    bad.spoil(call, intervention);
    EXPECT_EQ(thrown_message<ErrorType>(
                  [&] { (void)split_attention(call.branches, call.offsets, call.gate, {}, intervention); }),
              "split attention, " + bad.message);
  }
}

TEST(SplitAttentionOperatorCheck, Shapes) {
  expect_messages<ShapeError>({
      {[](auto& c, auto&) { c.branches = Tensor(); }, "branches: missing, expected [N, R, W]"},
      {[](auto& c, auto&) {
         c.branches = at::zeros({5, 8}, at::kDouble);
       },
       "branches: expected [N, R, W] with R >= 1 and W >= 1, found [5, 8]"},
      {[](auto& c, auto&) {
         c.branches = at::zeros({5, 0, 8}, at::kDouble);
       },
       "branches: expected [N, R, W] with R >= 1 and W >= 1, found [5, 0, 8]"},
      {[](auto& c, auto&) {
         c.offsets = offsets_tensor({3, 3});
       },
       "offsets: end at 6, but there are 5 tokens"},
      {[](auto& c, auto&) { c.gate.reduce_bias = Tensor(); }, "reduce_bias: expected [E], found nothing"},
      {[](auto& c, auto&) {
         c.gate.expand_bias = at::zeros({2, 2});
       },
       "expand_bias: expected [R * G], found [2, 2]"},
      {[](auto& c, auto&) {
         c.gate.reduce_weight = at::zeros({3, 7});
       },
       "reduce_weight: expected [E, W] = [3, 8], found [3, 7]"},
      {[](auto& c, auto&) { c.gate.expand_weight = Tensor(); },
       "expand_weight: expected [R * G, E] = [4, 3], found nothing"},
      {[](auto& c, auto&) {
         c.gate.expand_bias = at::zeros({3}, at::kDouble);
         c.gate.expand_weight = at::zeros({3, 3}, at::kDouble);
       },
       "expand_bias: expected [R * G] with R = 2 and G dividing W = 8, found [3]"},
      {[](auto&, auto& i) { i.weights = Intervention::Weights::kGiven; },
       "given weights: expected [B, R, G] = [2, 2, 2], found nothing"},
  });
}

TEST(SplitAttentionOperatorCheck, TypesAndUsage) {
  expect_messages<TypeError>({
      {[](auto& c, auto&) { c.branches = c.branches.to(at::kInt); }, "branches: expected a floating type, found Int"},
      {[](auto& c, auto&) {
         c.branches = at::empty({5, 2, 8}, at::Device(at::kMeta));
       },
       "branches: expected a tensor on the CPU, found one on meta"},
      {[](auto& c, auto&) { c.gate.expand_bias = c.gate.expand_bias.to(at::kFloat); },
       "expand_bias: expected Double as branches, found Float"},
  });
  expect_messages<UsageError>({
      {[](auto&, auto& i) { i.head_gates = at::zeros({2}); }, "head_gates: there are no heads here; leave them out"},
      {[](auto&, auto& i) {
         i.given = at::zeros({2, 2, 2});
       },
       "given weights: found them without Intervention::Weights::kGiven; choose it or leave them out"},
  });
}

}  // namespace
}  // namespace attune::testing
