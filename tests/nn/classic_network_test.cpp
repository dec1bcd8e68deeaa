// SPDX-License-Identifier: Apache-2.0
// The classic network (embedding, dot-product attention of the tokens as they are, mean, dense layer, scores) against
// plain loops in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

Matrix matrix(const Network& network, const std::string& name) {
  const auto value = network.parameters().get(name).detach().contiguous();
  Matrix rows;
  for (int64_t i = 0; i < value.size(0); ++i) {
    const auto* first = value.const_data_ptr<double>() + i * value.size(1);
    rows.emplace_back(first, first + value.size(1));
  }
  return rows;
}

Vector vector(const Network& network, const std::string& name) {
  const auto value = network.parameters().get(name).detach();
  return {value.const_data_ptr<double>(), value.const_data_ptr<double>() + value.numel()};
}

double dot(const Vector& a, const Vector& b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Vector layer(const Matrix& weight, const Vector& bias, const Vector& x) {
  Vector y;
  for (size_t o = 0; o < weight.size(); ++o) y.push_back(dot(weight[o], x) + bias[o]);
  return y;
}

/// Every token's weighted sum of all tokens, weights exp(t_i . t_j) / sum.
Matrix attended(const Matrix& tokens) {
  Matrix contexts;
  for (const auto& query : tokens) {
    Vector weights;
    double sum = 0.0;
    for (const auto& key : tokens) weights.push_back(std::exp(dot(query, key)));
    for (const double weight : weights) sum += weight;
    Vector context(query.size(), 0.0);
    for (size_t j = 0; j < tokens.size(); ++j) {
      for (size_t c = 0; c < context.size(); ++c) context[c] += weights[j] / sum * tokens[j][c];
    }
    contexts.push_back(context);
  }
  return contexts;
}

Vector mean(const Matrix& tokens) {
  Vector sum(tokens[0].size(), 0.0);
  for (const auto& token : tokens) {
    for (size_t c = 0; c < sum.size(); ++c) sum[c] += token[c] / static_cast<double>(tokens.size());
  }
  return sum;
}

Vector expected_scores(const Network& network, const std::vector<int64_t>& ids) {
  const auto table = matrix(network, "input.0.table");
  Matrix tokens;
  for (const int64_t id : ids) tokens.push_back(table[static_cast<size_t>(id)]);
  auto hidden =
      layer(matrix(network, "head.0.hidden_0.weight"), vector(network, "head.0.hidden_0.bias"), mean(attended(tokens)));
  for (auto& unit : hidden) unit = std::max(unit, 0.0);
  return layer(matrix(network, "head.0.scores.weight"), vector(network, "head.0.scores.bias"), hidden);
}

TEST(ClassicNetwork, EqualsPlainLoops) {
  const NetworkPlan plan{.backbone = {.width = 16},
                         .ids = {{.vocabulary = 20}},
                         .scalars = {},
                         .blocks = {{.feed_forward = false,
                                     .norm = false,
                                     .residual = false,
                                     .allocation = {.mechanism = "dot", .projections = false}}},
                         .pool = {.kind = "mean"},
                         .heads = {{.classes = 2, .hidden = {16}, .activation = "relu"}}};
  const auto network = build(plan);
  const std::vector<std::vector<int64_t>> rows = {{3, 1, 4, 1, 5}, {9}, {2, 6}, {19, 0, 18}};
  const auto scores = scores_of(network, {ids_of(rows)});
  ASSERT_EQ(scores.size(0), 4);
  for (size_t b = 0; b < rows.size(); ++b) {
    EXPECT_TRUE(close_to(scores[static_cast<int64_t>(b)], numbers(expected_scores(network, rows[b])), 1e-12))
        << "row " << b;
  }
}

}  // namespace
}  // namespace attune
