// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/embedder.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

class Embedding : public ::testing::Test {
 protected:
  template <class Spec>
  std::unique_ptr<const Embedder> embedder(const Spec& spec, const char* kind, int64_t width) {
    auto description = to_json(spec);
    description["kind"] = kind;
    return make_embedder(description, width, ParameterScope(parameters_, "input.0"));
  }
  const Tensor& parameter(const std::string& name) const { return parameters_.get("input.0." + name); }
  Parameters parameters_{stirred(1)};
};

TEST_F(Embedding, OfIdsAddsTheMeanOfTheFurtherIds) {
  const auto embed = embedder(IdsSpec{.vocabulary = 5, .further = 6}, "ids", 4);
  const IdsInput input{.offsets = whole_numbers({0, 2, 3}),
                       .ids = whole_numbers({4, 0, 4}),
                       .further_offsets = whole_numbers({0, 2, 2, 5}),
                       .further = whole_numbers({1, 5, 3, 3, 0})};
  const auto tokens = (*embed)({.encoding = input}, {});
  const auto &table = parameter("table"), &further = parameter("further");
  const auto expected = at::stack(
      {table[4] + (further[1] + further[5]) / 2.0, table[0], table[4] + (2.0 * further[3] + further[0]) / 3.0});
  EXPECT_TRUE(close_to(tokens.values, expected, 1e-15));
  EXPECT_TRUE(same_bits(tokens.offsets, input.offsets));
}

TEST_F(Embedding, OfIdsAddsTheProjectedPretrainedVector) {
  const auto embed = embedder(IdsSpec{.vocabulary = 5, .vector_width = 3}, "ids", 4);
  const auto tokens = (*embed)(ids_of({{4, 0}, {4}}), {});
  const auto &table = parameter("table"), &vectors = parameter("vectors"), &weight = parameter("projection.weight");
  ASSERT_EQ(weight.sizes(), (std::vector<int64_t>{4, 3}));
  const auto four = table[4] + weight.matmul(vectors[4]);
  EXPECT_TRUE(close_to(tokens.values, at::stack({four, table[0] + weight.matmul(vectors[0]), four}), 1e-15));
  tokens.values.sum().backward();
  EXPECT_TRUE(vectors.grad().defined() && weight.grad().defined());
}

TEST_F(Embedding, OfAnIdMadeUnknownTakesTheVectorOfTheUnknownOne) {
  const auto embed = embedder(IdsSpec{.vocabulary = 5, .unknown = 1, .vector_width = 3, .unknown_rate = 0.5}, "ids", 4);
  const auto &table = parameter("table"), &vectors = parameter("vectors"), &weight = parameter("projection.weight");
  const auto input = ids_of({std::vector<int64_t>(40, 3)});
  const auto tokens = (*embed)(input, {.training = true, .random = RandomKey(3)});
  const auto known = table[3] + weight.matmul(vectors[3]), unknown = table[1] + weight.matmul(vectors[1]);
  int64_t knowns = 0;
  for (int64_t t = 0; t < 40; ++t) {
    const bool is_known = close_to(tokens.values[t], known, 1e-14);
    EXPECT_TRUE(is_known || close_to(tokens.values[t], unknown, 1e-14)) << t;
    knowns += is_known;
  }
  EXPECT_GT(knowns, 5);
  EXPECT_LT(knowns, 35);
}

TEST_F(Embedding, OfFrozenVectorsTrainsTheirProjectionAlone) {
  const auto embed = embedder(IdsSpec{.vocabulary = 5, .vector_width = 3, .vectors_frozen = true}, "ids", 4);
  (*embed)(ids_of({{4, 0}}), {}).values.sum().backward();
  EXPECT_FALSE(parameter("vectors").requires_grad());
  EXPECT_FALSE(parameter("vectors").grad().defined());
  EXPECT_GT(parameter("projection.weight").grad().abs().max().item<double>(), 0.0);
  for (const auto& p : parameters_.all()) EXPECT_EQ(p.trained, p.name != "input.0.vectors") << p.name;
}

TEST_F(Embedding, OfLearnedPositionsLetsLateTokensShareTheLast) {
  const auto embed = embedder(IdsSpec{.vocabulary = 5, .positions = "learned", .longest = 2}, "ids", 4);
  const auto tokens = (*embed)(ids_of({{1, 1, 1, 1}, {2}}), {});
  const auto &table = parameter("table"), &positions = parameter("positions");
  const auto expected = at::stack({table[1] + positions[0], table[1] + positions[1], table[1] + positions[1],
                                   table[1] + positions[1], table[2] + positions[0]});
  EXPECT_TRUE(close_to(tokens.values, expected, 1e-15));
}

TEST_F(Embedding, OfSinusoidalPositions) {
  const auto embed = embedder(IdsSpec{.vocabulary = 5, .positions = "sinusoidal"}, "ids", 4);
  const auto tokens = (*embed)(ids_of({{3}, {1, 1, 1}}), {});
  const double p = 2.0;  // the last token's place in its row
  const auto expected = numbers({std::sin(p), std::cos(p), std::sin(p / 100.0), std::cos(p / 100.0)});
  EXPECT_TRUE(close_to(tokens.values[3], parameter("table")[1] + expected, 1e-7));  // waves are made in float
  EXPECT_TRUE(close_to(tokens.values[0], parameter("table")[3] + numbers({0, 1, 0, 1}), 1e-7));
}

TEST_F(Embedding, OfScalarsIsALineOrAVectorOfItsOwnWhereMissing) {
  const auto embed = embedder(ScalarsSpec{.columns = 2}, "scalars", 4);
  const auto tokens = (*embed)({.encoding = ScalarsInput{numbers({2.5, kMissing, -1.0, 0.0}).view({2, 2})}}, {});
  const auto &weight = parameter("weight"), &bias = parameter("bias"), &missing = parameter("missing");
  EXPECT_TRUE(
      close_to(tokens.values, at::stack({2.5 * weight[0] + bias[0], missing[1], bias[0] - weight[0], bias[1]}), 1e-15));
  EXPECT_TRUE(same_bits(tokens.offsets, whole_numbers({0, 2, 4})));
  tokens.values.sum().backward();
  EXPECT_TRUE(all_finite(weight.grad())) << "what is missing does not reach the weights";
  EXPECT_TRUE(close_to(weight.grad(), numbers({1.5, 1.5, 1.5, 1.5, 0, 0, 0, 0}).view({2, 4}), 1e-15));
}

TEST_F(Embedding, OfFloatsInADoubleNetworkAndOfNothing) {
  const auto embed = embedder(ScalarsSpec{.columns = 2}, "scalars", 4);
  const auto tokens = (*embed)({.encoding = ScalarsInput{numbers({1, 2}).view({1, 2}).to(at::kFloat)}}, {});
  EXPECT_EQ(tokens.values.scalar_type(), at::kDouble);
  const auto none = (*embed)({.encoding = ScalarsInput{numbers({}).view({0, 2})}}, {});
  EXPECT_EQ(none.values.sizes(), (std::vector<int64_t>{0, 4}));
  EXPECT_EQ(none.rows(), 0);
}

}  // namespace
}  // namespace attune
