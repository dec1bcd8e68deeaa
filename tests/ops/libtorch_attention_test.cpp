// SPDX-License-Identifier: Apache-2.0
// Scaled dot-product attention beside LibTorch's own, both held to the reference in double.
#include <ATen/TensorOperators.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <gtest/gtest.h>

#include <limits>

#include "expect_close.hpp"
#include "operator_problem.hpp"

namespace attune::testing {
namespace {

struct Sizes {
  int64_t D, Tq, Tk, H;
};

TEST(LibTorchAttention, ErrsAtMostTwiceAsMuch) {
  for (const Sizes& s : {Sizes{1, 2, 17, 1}, {8, 17, 97, 4}, {40, 97, 17, 1}, {59, 17, 17, 4}, {64, 97, 97, 4}}) {
    for (const PairMask mask : {PairMask::kNone, PairMask::kShared, PairMask::kPerHead}) {
      SCOPED_TRACE("D " + std::to_string(s.D) + " Tq " + std::to_string(s.Tq) + " " + name_of(mask));
      const OperatorProblem problem({.H = s.H,
                                     .Hkv = s.H,
                                     .D = s.D,
                                     .Dv = s.D,
                                     .query_lengths = {s.Tq, s.Tq},
                                     .key_lengths = {s.Tk, s.Tk},
                                     .mask = mask,
                                     .type = at::kFloat});
      const auto call = make_call(problem, Form::kDense);
      // LibTorch's kernels do not agree with each other on a query without keys: keep to what all of them define.
      ASSERT_TRUE(!call.in.mask.defined() || call.in.mask.any(-1).all().item<bool>());
      const auto exact = expected_allocation(problem, Form::kDense).context;
      const auto theirs =
          at::scaled_dot_product_attention(call.in.query, call.in.key, call.in.value,
                                           call.in.mask.defined() ? std::optional<Tensor>(call.in.mask) : std::nullopt);
      const double their_error = greatest_error(theirs, exact);
      EXPECT_LT(their_error, 1e-5);  // so that the line below says something
      expect_close("context", scaled_dot_attention(call.in).context, exact,
                   2 * their_error + std::numeric_limits<float>::epsilon());
    }
  }
}

}  // namespace
}  // namespace attune::testing
