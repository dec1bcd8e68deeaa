// SPDX-License-Identifier: Apache-2.0
// Methods that read attention, against plain loops over its weights.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>

#include <cmath>

#include "attune/core/error.hpp"
#include "attune/explain/attention_mass.hpp"
#include "attune/nn/mechanism.hpp"
#include "explain_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kRow = {"poor thing came fast on monday", "Delft", "3", ""};  // nine tokens
constexpr size_t kTokens = 9;

template <class Change>
ModelConfig changed(Change change) {
  auto config = small_config();
  change(config);
  return config;
}

using Matrix = std::vector<std::vector<double>>;

/// The mean over heads of a site's matrices.
Matrix mean_matrix(const Subject& subject, const std::string& site) {
  const auto matrices = attention_matrices(subject, site);
  Matrix mean(static_cast<size_t>(matrices.front().queries), std::vector<double>(kTokens));
  for (const auto& matrix : matrices) {
    EXPECT_EQ(matrix.keys, std::ssize(mean.front()));
    for (size_t i = 0; i < matrix.weights.size(); ++i)
      mean[i / kTokens][i % kTokens] += static_cast<double>(matrix.weights[i]) / static_cast<double>(matrices.size());
  }
  return mean;
}

TEST(AttentionMass, IsTheColumnMeanOfTheMatrixOfEveryHead) {
  for (const auto& mechanism : mechanisms()) {
    const auto model = lively_model(0, changed([&](ModelConfig& c) {
                                      c.mechanism = c.pool_mechanism = mechanism;
                                      c.pool_heads = 2;
                                    }));
    const auto subject = subject_of(model, kRow);
    const auto masses = attention_masses(subject);
    const auto matrices = attention_matrices(subject);
    ASSERT_EQ(masses.size(), 4U);
    ASSERT_EQ(matrices.size(), 4U);
    for (size_t m = 0; m < 4; ++m) {
      EXPECT_EQ(masses[m].site, m < 2 ? "block.0.self" : "pool");
      EXPECT_EQ(masses[m].head, static_cast<int64_t>(m % 2));
      EXPECT_EQ(matrices[m].site, masses[m].site);
      EXPECT_EQ(matrices[m].queries, m < 2 ? 9 : 1);
      EXPECT_NEAR(sum(masses[m].values), 1, 1e-5);
      ASSERT_EQ(masses[m].values.size(), kTokens);
      for (size_t key = 0; key < kTokens; ++key) {
        double received = 0;
        for (int64_t query = 0; query < matrices[m].queries; ++query)
          received += static_cast<double>(matrices[m].weights[static_cast<size_t>(query) * kTokens + key]);
        EXPECT_NEAR(masses[m].values[key], received / static_cast<double>(matrices[m].queries), 1e-6) << mechanism;
      }
    }
    const auto attention = explained("attention", subject).values;
    for (size_t t = 0; t < kTokens; ++t)
      EXPECT_NEAR(attention[t], (masses[2].values[t] + masses[3].values[t]) / 2, 1e-6) << mechanism;
  }
}

TEST(AttentionMass, RefusesASiteThatDoesNotAllocateAmongTokens) {
  const auto model = lively_model(0, changed([](ModelConfig& c) { c.mechanism = "split"; }));
  EXPECT_THAT(attention_sites(model), ElementsAre("pool"));
  const auto subject = subject_of(model, kRow);
  EXPECT_THAT(message_of<UsageError>([&] { (void)attention_masses(subject, "block.0.self"); }),
              HasSubstr("the model has no site \"block.0.self\" that allocates attention among tokens"));
  EXPECT_THAT(message_of<UsageError>([&] { (void)attention_matrices(subject, "pol"); }), HasSubstr("\"pool\""));
}

/// A matrix product after the other, as the paper has it.
Matrix product(const Matrix& a, const Matrix& b) {
  Matrix result(a.size(), std::vector<double>(b.front().size()));
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t k = 0; k < b.size(); ++k)
      for (size_t j = 0; j < b.front().size(); ++j) result[i][j] += a[i][k] * b[k][j];
  return result;
}

Matrix with_residual(Matrix weights) {
  for (size_t i = 0; i < weights.size(); ++i) {
    for (auto& weight : weights[i]) weight /= 2;
    weights[i][i] += 0.5;
  }
  return weights;
}

TEST(Rollout, IsTheProductOfTheBlocksMatrices) {
  for (const std::string pool : {"attention", "mean", "first"}) {
    for (const bool residual : {true, false}) {
      const auto model = lively_model(0, changed([&](ModelConfig& c) {
                                        c.blocks = 2;
                                        c.pool = pool;
                                        c.residual = residual;
                                      }));
      const auto subject = subject_of(model, kRow);
      const auto lower = mean_matrix(subject, "block.0.self"), upper = mean_matrix(subject, "block.1.self");
      const auto flow = residual ? product(with_residual(upper), with_residual(lower)) : product(upper, lower);
      Matrix at_pool = {std::vector<double>(kTokens, 1.0 / kTokens)};
      if (pool == "attention") at_pool = mean_matrix(subject, "pool");
      if (pool == "first") at_pool = {{1, 0, 0, 0, 0, 0, 0, 0, 0}};
      const auto expected = product(at_pool, flow).front();
      const auto values = explained("rollout", subject).values;
      ASSERT_EQ(values.size(), kTokens);
      for (size_t t = 0; t < kTokens; ++t) EXPECT_NEAR(values[t], expected[t], 1e-6) << pool << ", token " << t;
      EXPECT_NEAR(sum(values), 1, 1e-5);
    }
  }
}

/// The same from the pool backwards, a vector times the mean of a block's heads: shares of what comes out of a site to
/// shares of what goes in.
std::vector<double> before_site(const std::vector<double>& shares, const std::vector<AttentionMatrix>& heads,
                                double kept) {
  const auto keys = static_cast<size_t>(heads.front().keys);
  std::vector<double> before(keys);
  for (size_t query = 0; query < shares.size(); ++query) {
    if (kept > 0) before[query] += kept * shares[query];
    for (const auto& head : heads) {
      for (size_t key = 0; key < keys; ++key)
        before[key] += (1 - kept) * shares[query] * static_cast<double>(head.weights[query * keys + key]) /
                       static_cast<double>(heads.size());
    }
  }
  return before;
}

/// Longer than what is multiplied at once, through three blocks of two heads.
TEST(Rollout, OfALongRowIsWhatAllMatricesOfItCompose) {
  std::string text;
  for (int word = 0; word < 300; ++word)
    text += std::vector<std::string>{"poor ", "thing ", "came ", "fast "}[word % 4];
  for (const bool residual : {true, false}) {
    const auto model = lively_model(0, changed([&](ModelConfig& c) {
                                      c.blocks = 3;
                                      c.residual = residual;
                                    }));
    const auto subject = subject_of(model, {text, "Delft", "3", ""});
    ASSERT_GT(subject.tokens().size(), 256U);
    std::vector<double> expected = {1};
    for (const std::string site : {"pool", "block.2.self", "block.1.self", "block.0.self"})
      expected = before_site(expected, attention_matrices(subject, site), residual && site != "pool" ? 0.5 : 0);
    const auto values = explained("rollout", subject).values;
    ASSERT_EQ(values.size(), expected.size());
    for (size_t t = 0; t < values.size(); ++t) EXPECT_NEAR(values[t], expected[t], 1e-6) << "token " << t;
    EXPECT_NEAR(sum(values), 1, 1e-5);
  }
}

TEST(Attention, OfAMeanPoolIsWhatAllTokensLookAtInTheLastBlock) {
  const auto model = lively_model(0, changed([](ModelConfig& c) {
                                    c.blocks = 2;
                                    c.pool = "mean";
                                  }));
  const auto subject = subject_of(model, kRow);
  const auto attribution = explained("attention", subject);
  const auto upper = mean_matrix(subject, "block.1.self");
  for (size_t t = 0; t < kTokens; ++t) {
    double mean = 0;
    for (size_t query = 0; query < kTokens; ++query) mean += upper[query][t] / kTokens;
    EXPECT_NEAR(attribution.values[t], mean, 1e-6);
  }
  EXPECT_THAT(attribution.notes, ElementsAre(HasSubstr("what they look at in block.1.self")));
}

/// A row of a parameter times a vector.
double dot(const float* row, const std::vector<double>& vector) {
  double sum_of_products = 0;
  for (size_t i = 0; i < vector.size(); ++i) sum_of_products += static_cast<double>(row[i]) * vector[i];
  return sum_of_products;
}

/// y = x W^T + b in plain loops; no bias for an empty name.
std::vector<double> linear(const Model& model, const std::string& layer, const std::vector<double>& x, bool bias) {
  const auto& weight = model.network().parameters().get(layer + ".weight");
  std::vector<double> y;
  for (int64_t row = 0; row < weight.size(0); ++row) {
    y.push_back(dot(weight.const_data_ptr<float>() + row * weight.size(1), x));
    if (bias)
      y.back() += static_cast<double>(model.network().parameters().get(layer + ".bias").const_data_ptr<float>()[row]);
  }
  return y;
}

/// What each token adds to the pooled vector: its weight times its value of each head, through the output.
Matrix pool_parts(const Subject& subject, size_t heads) {
  const auto& model = subject.model();
  const auto matrices = attention_matrices(subject, "pool");
  const auto& hidden = subject.hidden().values;
  Matrix parts;
  for (size_t t = 0; t < kTokens; ++t) {
    const auto* token = hidden.const_data_ptr<float>() + static_cast<int64_t>(t) * hidden.size(1);
    auto value = linear(model, "pool.value", {token, token + hidden.size(1)}, true);
    for (size_t i = 0; i < value.size(); ++i)
      value[i] *= static_cast<double>(matrices[i * heads / value.size()].weights[t]);
    parts.push_back(linear(model, "pool.output", value, false));
  }
  return parts;
}

TEST(AttentionNorm, IsTheLengthOfWhatATokenAddsToThePooledVector) {
  const auto model = lively_model(0.8, changed([](ModelConfig& c) { c.pool_heads = 2; }));
  const auto subject = subject_of(model, kRow);
  const auto values = explained("attention_norm", subject).values;
  const auto parts = pool_parts(subject, 2);
  for (size_t t = 0; t < kTokens; ++t) {
    double squares = 0;
    for (const double one : parts[t]) squares += one * one;
    EXPECT_NEAR(values[t], std::sqrt(squares), 1e-4) << t;
  }
}

/// The head of a number is linear, so that the gradient is its weights, and the parts sum to all but the biases.
TEST(PoolGradient, OfANumberSharesOutTheScore) {
  const auto model = lively_model(0.8);
  const auto subject = subject_of(model, kRow, {.output = 1});
  const auto attribution = explained("pool_gradient", subject);
  const auto parts = pool_parts(subject, 1);
  for (size_t t = 0; t < kTokens; ++t)
    EXPECT_NEAR(attribution.values[t], linear(model, "head.1.scores", parts[t], false).front(), 1e-4) << t;
  const auto& bias = model.network().parameters().get("pool.output.bias");
  const auto rest =
      linear(model, "head.1.scores", {bias.const_data_ptr<float>(), bias.const_data_ptr<float>() + bias.numel()}, true);
  EXPECT_NEAR(sum(attribution.values) + rest.front(), subject.scored().score, 1e-4);
  EXPECT_EQ(attribution.forward_passes, 0);
}

/// The linear part speaks beside the pool: with it, each token gets its share on top, and the odds' slopes change.
TEST(PoolGradient, OfAClassTakesTheLinearPartIn) {
  const auto model = lively_model(0.8);
  const auto subject = subject_of(model, kRow, {.output = 0, .of_class = 1});
  const auto pooled_parts = pool_parts(subject, 1);
  const at::NoGradGuard no_gradients;
  const ForwardContext context;
  const auto logits = model.network().head(0).forward(model.network().hidden_of(subject.hidden(), context), context);
  const auto pieces = subject.linear_pieces();
  const auto opinion = subject.linear()->log_probabilities(pieces, 1);
  const auto slopes = score_slopes(subject.pooled({logits.const_data_ptr<float>(), 3}, opinion), 1);
  const auto of_pieces = subject.linear()->slopes(pieces, 1, slopes);
  double expected = 0;
  for (const auto& part : pooled_parts) {
    const auto by_class = linear(model, "head.0.scores", part, false);
    for (size_t c = 0; c < 3; ++c) expected += slopes[c] * by_class[c] / model.temperature(0);
  }
  for (const double slope : of_pieces) expected += 0.8 * slope;
  EXPECT_NEAR(sum(explained("pool_gradient", subject).values), expected, 1e-4);
}

TEST(AttentionMethods, SayWhyTheyCannotExplainAModel) {
  struct Case {
    std::string pool, pool_mechanism;
    bool attention;
    std::vector<std::string> works, refused;
    std::string reason;
  };
  const Case cases[] = {
      {"mean",
       "additive",
       false,
       {"attention_norm", "pool_gradient"},
       {"attention", "rollout"},
       "no attention among tokens"},
      {"max",
       "additive",
       true,
       {},
       {"attention", "rollout", "attention_norm", "pool_gradient"},
       "the model's pool (max)"},
      {"first", "additive", true, {"rollout", "attention_norm"}, {"attention"}, "the model's pool (first)"},
      {"attention", "split", true, {}, {"attention", "rollout", "pool_gradient"}, "the model's pool (split attention)"},
      {"attention", "additive", false, {"attention", "rollout", "attention_norm"}, {}, ""},
  };
  for (const auto& [pool, pool_mechanism, attention, works, refused, reason] : cases) {
    const auto model = lively_model(0.8, changed([&](ModelConfig& c) {
                                      c.pool = pool;
                                      c.pool_mechanism = pool_mechanism;
                                      c.attention = attention;
                                    }));
    const auto subject = subject_of(model, kRow);
    for (const auto& method : works) EXPECT_EQ(explained(method, subject).values.size(), kTokens) << pool << method;
    for (const auto& method : refused) {
      const auto message = message_of<UsageError>([&] { (void)explained(method, subject); });
      EXPECT_THAT(message, HasSubstr("method \"" + method + "\": "));
      EXPECT_THAT(message, HasSubstr(reason)) << pool;
      EXPECT_THAT(message, HasSubstr("integrated_gradients"));
    }
    for (const std::string always : {"gradient_input", "integrated_gradients", "leave_one_out", "shapley"})
      EXPECT_EQ(explained(always, subject).values.size(), kTokens) << pool << always;
  }
}

}  // namespace
}  // namespace attune::testing
