// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/parameters.hpp"

#include <ATen/TensorOperators.h>
#include <gmock/gmock.h>

#include <cmath>

#include "attune/core/error.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;

Tensor draw(Init init, const std::vector<int64_t>& shape, const std::string& name = "w", uint64_t seed = 1) {
  return drawn_from(RandomKey(seed), at::kDouble)(name, shape, init);
}

TEST(DrawnFrom, DependsOnKeyAndNameAlone) {
  const auto base = draw(Init::kXavier, {3, 4});
  EXPECT_TRUE(same_bits(draw(Init::kXavier, {3, 4}), base));
  EXPECT_FALSE(close_to(draw(Init::kXavier, {3, 4}, "v"), base, 1e-3));
  EXPECT_FALSE(close_to(draw(Init::kXavier, {3, 4}, "w", 2), base, 1e-3));
}

TEST(DrawnFrom, AddingABlockLeavesTheOthersAsTheyWere) {
  NetworkPlan plan;
  const auto source = drawn_from(RandomKey(3));
  const Network one(describe(plan), source);
  plan.blocks.push_back(plan.blocks[0]);
  const Network two(describe(plan), source);
  ASSERT_GT(two.parameters().all().size(), one.parameters().all().size());
  for (const auto& parameter : one.parameters().all()) {
    EXPECT_TRUE(same_bits(parameter.value, two.parameters().get(parameter.name))) << parameter.name;
  }
}

TEST(DrawnFrom, GivesFloatsThatAreTheRoundedDoubles) {
  const auto single = drawn_from(RandomKey(1))("w", {5, 7}, Init::kEmbedding);
  EXPECT_EQ(single.scalar_type(), at::kFloat);
  EXPECT_TRUE(same_bits(single, draw(Init::kEmbedding, {5, 7}).to(at::kFloat)));
}

TEST(Xavier, IsUniformWithinItsBounds) {
  const struct {
    std::vector<int64_t> shape;
    double fans;  // in + out
  } cases[] = {{{100, 200}, 300.0}, {{2, 150, 50}, 200.0}, {{1, 9999}, 10000.0}};
  for (const auto& c : cases) {
    const auto values = draw(Init::kXavier, c.shape);
    const double bound = std::sqrt(6.0 / c.fans);
    const double count = static_cast<double>(values.numel());
    EXPECT_LE(values.abs().max().item<double>(), bound);
    EXPECT_GT(values.max().item<double>(), bound * (1.0 - 20.0 / count)) << "reaches the bound above";
    EXPECT_LT(values.min().item<double>(), -bound * (1.0 - 20.0 / count)) << "and below";
    // Uniform on +-b has deviation b / sqrt(3); its sample mean is within five standard errors of 0.
    EXPECT_NEAR(values.mean().item<double>(), 0.0, 5.0 * bound / std::sqrt(3.0 * count));
    EXPECT_NEAR(values.square().mean().item<double>(), bound * bound / 3.0,
                5.0 * bound * bound * std::sqrt(4.0 / 45.0 / count));
  }
}

TEST(EmbeddingParameters, AreNormalWithDeviationOneOverTheRootOfTheWidth) {
  const auto values = draw(Init::kEmbedding, {500, 64});
  const double count = 500.0 * 64.0, deviation = 1.0 / 8.0;
  EXPECT_NEAR(values.mean().item<double>(), 0.0, 5.0 * deviation / std::sqrt(count));
  EXPECT_NEAR(values.std().item<double>(), deviation, 5.0 * deviation / std::sqrt(2.0 * count));
  const auto beyond_two = values.abs().gt(2.0 * deviation).to(at::kDouble).mean().item<double>();
  EXPECT_NEAR(beyond_two, 0.0455, 5.0 * std::sqrt(0.0455 * 0.9545 / count));  // as a normal's, not a uniform's
}

TEST(Constants, AreZerosAndOnes) {
  EXPECT_TRUE(same_bits(draw(Init::kZeros, {3}), numbers({0, 0, 0})));
  EXPECT_TRUE(same_bits(draw(Init::kOnes, {3}), numbers({1, 1, 1})));
}

TEST(Parameters, KeepTheirOrderAndAreLeavesWithGradients) {
  Parameters parameters(stirred(1));
  const ParameterScope scope(parameters, "block.0");
  (void)scope.in("self").add("weight", {2, 3}, Init::kXavier);
  (void)ParameterScope(parameters, "").in("inputs").add("vectors", {4}, Init::kEmbedding);
  ASSERT_EQ(parameters.all().size(), 2U);
  EXPECT_EQ(parameters.all()[0].name, "block.0.self.weight");
  EXPECT_EQ(parameters.all()[1].name, "inputs.vectors");
  EXPECT_EQ(parameters.count(), 10);
  for (const auto& value : parameters.values()) EXPECT_TRUE(value.is_leaf() && value.requires_grad());
}

TEST(Parameters, RefuseANameTwiceOneThatIsNotThereAndAbsurdSizes) {
  Parameters parameters(stirred(1));
  (void)parameters.add("weight", {2}, Init::kZeros);
  EXPECT_EQ(message_of<UsageError>([&] { (void)parameters.add("weight", {2}, Init::kZeros); }),
            "parameter \"weight\" is there already");
  EXPECT_EQ(message_of<UsageError>([&] { (void)parameters.get("wieght"); }),
            "no parameter is called \"wieght\" (did you mean \"weight\"?)");
  EXPECT_THAT(message_of<UsageError>([&] {
                (void)parameters.add("w", {1LL << 40, 1LL << 40}, Init::kZeros);
              }),
              HasSubstr("parameter \"w\": expected at most 2^33 numbers"));
}

}  // namespace
}  // namespace attune
