// SPDX-License-Identifier: Apache-2.0
// A block and what surrounds it, against the same written out for one row.
#include "attune/nn/backbone.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <cmath>

#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

constexpr double kTolerance = 1e-12;

/// Dot products of the tokens as they are, in one head.
BlockSpec bare_block() {
  return {.feed_forward_width = 5,
          .activation = "tanh",
          .norm = false,
          .residual = false,
          .allocation = {.mechanism = "dot", .key_width = 8, .value_width = 8, .projections = false}};
}

NetworkPlan plan_of(const std::vector<BlockSpec>& blocks) {
  NetworkPlan plan;
  plan.ids = {{.vocabulary = 11}};
  plan.scalars.clear();
  plan.blocks = blocks;
  return plan;
}

class WrittenOut {
 public:
  explicit WrittenOut(const Network& network) : parameters_(&network.parameters()) {}

  /// (x - mean) / sqrt(variance + 1e-5), scaled and shifted
  Tensor norm(const Tensor& x, const std::string& name) const {
    const auto centred = x - x.mean(-1, /*keepdim=*/true);
    const auto deviation = (centred.square().mean(-1, /*keepdim=*/true) + 1e-5).sqrt();
    return centred / deviation * get(name + ".weight") + get(name + ".bias");
  }
  Tensor linear(const Tensor& x, const std::string& name) const {
    return x.matmul(get(name + ".weight").t()) + get(name + ".bias");
  }
  static Tensor attended(const Tensor& x) { return x.matmul(x.t()).softmax(-1).matmul(x); }

  Tensor block(Tensor x, const BlockSpec& spec, const std::string& name) const {
    const auto normed = [&](const char* part) { return spec.norm ? norm(x, name + part) : x; };
    if (spec.attention) x = attended(normed(".self_norm")) + (spec.residual ? x : at::zeros_like(x));
    if (!spec.feed_forward) return x;
    const auto fed = linear(linear(normed(".feed_forward_norm"), name + ".expand").tanh(), name + ".contract");
    return spec.residual ? x + fed : fed;
  }

 private:
  const Tensor& get(const std::string& name) const { return parameters_->get(name); }
  const Parameters* parameters_;
};

TEST(Block, IsItsPartsWithNormBeforeAndResidualAround) {
  for (const int switches : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}) {
    auto spec = bare_block();
    spec.norm = switches & 1;
    spec.residual = switches & 2;
    spec.attention = switches & 4;
    spec.feed_forward = switches & 8;
    SCOPED_TRACE(switches);
    const auto network = build(plan_of({spec, spec}));
    const ForwardContext context;
    const auto tokens = network.embed({ids_of({{4, 7, 1, 4}})}, context);
    const WrittenOut by_hand(network);
    const auto expected = by_hand.block(by_hand.block(tokens.values, spec, "block.0"), spec, "block.1");
    EXPECT_TRUE(close_to(network.hidden(tokens, context).tokens().values, expected, kTolerance));
  }
}

TEST(Backbone, NormsAfterTheLastBlock) {
  auto plan = plan_of({bare_block()});
  plan.backbone.final_norm = true;
  const auto network = build(plan);
  const ForwardContext context;
  const auto tokens = network.embed({ids_of({{4, 7, 1}})}, context);
  const WrittenOut by_hand(network);
  const auto expected = by_hand.norm(by_hand.block(tokens.values, bare_block(), "block.0"), "final_norm");
  EXPECT_TRUE(close_to(network.hidden(tokens, context).tokens().values, expected, kTolerance));
}

TEST(Backbone, AddsAConvolutionOverTheRowBeforeTheBlocks) {
  auto plan = plan_of({});
  plan.backbone.convolution = 3;
  const auto network = build(plan);
  const ForwardContext context;
  const auto tokens = network.embed({ids_of({{4, 7, 1}, {2}})}, context);
  const auto x = tokens.values;
  const auto none = at::zeros({8}, x.options());
  const auto seen = at::stack({at::cat({none, x[0], x[1]}), at::cat({x[0], x[1], x[2]}), at::cat({x[1], x[2], none}),
                               at::cat({none, x[3], none})});  // a row ends where it ends
  const auto sums = WrittenOut(network).linear(seen, "convolution");
  const auto gelu = 0.5 * sums * (1.0 + (sums / std::sqrt(2.0)).erf());
  EXPECT_TRUE(close_to(network.hidden(tokens, context).tokens().values, x + gelu, kTolerance));
}

}  // namespace
}  // namespace attune
