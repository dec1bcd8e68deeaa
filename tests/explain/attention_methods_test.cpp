// SPDX-License-Identifier: Apache-2.0
// Methods that read attention, against plain loops over its weights.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>

#include <cmath>
#include <sstream>

#include "attune/core/error.hpp"
#include "attune/explain/attention_mass.hpp"
#include "attune/nn/mechanism.hpp"
#include "explain_fixtures.hpp"
#include "support/peak_memory.hpp"

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

/// The query makes one of the summaries that the pool weighs; the weights of those are none of tokens.
TEST(AttentionMass, OfASplitPoolIsThatOfItsLearnedQuery) {
  const auto model = lively_model(0, changed([](ModelConfig& c) { c.pool_mechanism = "split"; }));
  EXPECT_THAT(attention_sites(model), ElementsAre("block.0.self", "pool.learned"));
  const auto subject = subject_of(model, kRow);
  const auto masses = attention_masses(subject, "pool.learned");
  const auto matrices = attention_matrices(subject, "pool.learned");
  ASSERT_EQ(masses.size(), 1U);
  ASSERT_EQ(matrices.size(), 1U);
  EXPECT_EQ(matrices[0].queries, 1);
  EXPECT_NEAR(sum(masses[0].values), 1, 1e-5);
  ASSERT_EQ(matrices[0].weights.size(), kTokens);
  for (size_t t = 0; t < kTokens; ++t)
    EXPECT_NEAR(masses[0].values[t], static_cast<double>(matrices[0].weights[t]), 1e-6) << t;
  EXPECT_THROW((void)attention_masses(subject, "pool"), UsageError);
  EXPECT_FALSE(has_token_queries("pool.learned"));
  EXPECT_TRUE(has_token_queries("block.0.self"));
}

/// The fused kernels have no weights to give: they are asked for all else.
TEST(AttentionMatrices, AreThoseOfOtherKernelsForAModelOfFusedOnes) {
  auto model = lively_model(0.8);
  const auto subject = subject_of(model, kRow);
  const auto expected = attention_matrices(subject);
  const auto rollout = explained("rollout", subject).values;
  model.set_kernels(Kernels::kFused);
  const auto found = attention_matrices(subject);
  ASSERT_EQ(found.size(), 3U);
  for (size_t m = 0; m < found.size(); ++m) EXPECT_EQ(found[m].weights, expected[m].weights) << found[m].site;
  EXPECT_EQ(explained("rollout", subject).values, rollout);
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

/// The names behind "take" in a refusal.
std::vector<std::string> offered(const std::string& refusal) {
  std::vector<std::string> names;
  std::istringstream words(refusal.substr(refusal.find("; take ") + 7));
  for (std::string word; words >> word;) {
    if (word.back() == ',') word.pop_back();
    if (word != "or") names.push_back(word);
  }
  return names;
}

TEST(AttentionMethods, OfferWhatExplainsTheModelThatTheyRefuse) {
  int refusals = 0;
  for (const std::string pool : {"mean", "max", "first", "attention", "split"}) {
    for (const bool attention : {true, false}) {
      const auto model = lively_model(0.8, changed([&](ModelConfig& c) {
                                        c.pool = pool == "split" ? "attention" : pool;
                                        if (pool == "split") c.pool_mechanism = pool;
                                        c.attention = attention;
                                      }));
      const auto subject = subject_of(model, kRow);
      for (const auto& method : explanation_methods()) {
        const auto refusal = method.refusal(model);
        if (refusal.empty()) continue;
        ++refusals;
        const auto names = offered(refusal);
        EXPECT_GE(names.size(), 3U) << refusal;
        for (const auto& name : names) EXPECT_EQ(explained(name, subject).values.size(), kTokens) << refusal;
      }
    }
  }
  EXPECT_GT(refusals, 10);
}

TEST(AttentionMethods, SayThatASplitPoolWeighsSummaries) {
  const auto model = lively_model(0, changed([](ModelConfig& c) {
                                    c.pool_mechanism = "split";
                                    c.attention = false;
                                  }));
  const auto subject = subject_of(model, kRow);
  EXPECT_THAT(message_of<UsageError>([&] { (void)explained("attention", subject); }),
              HasSubstr("weighs four summaries of the row (mean, max, first and a learned query's), not its tokens"));
}

/// One matrix of T x T floats of this row takes 64 MiB.
constexpr int kLongRow = 4096;
constexpr long kMatrixKibibytes = 64 << 10;

Subject long_subject(const Model& model) {
  std::string text;
  for (int word = 0; word < kLongRow; ++word) text += word % 2 == 0 ? "poor " : "thing ";
  return subject_of(model, {text, "Delft", "3", ""});
}

TEST(LongRows, HaveNoMatrixMadeOfThemUnlessAskedFor) {
  const auto table = mixed_table(90);
  auto schema = mixed_schema();
  schema.inputs[0].options["max_length"] = kLongRow;
  for (const auto& mechanism : mechanisms()) {
    const auto model =
        fresh_model(*table, schema, changed([&](ModelConfig& c) { c.mechanism = c.pool_mechanism = mechanism; }));
    (void)explained("gradient_path", subject_of(model, kRow));  // what a first call allocates for good
    const auto before = peak_kibibytes();
    const auto subject = long_subject(model);
    ASSERT_GT(subject.tokens().size(), static_cast<size_t>(kLongRow));
    EXPECT_EQ(attention_masses(subject).size(), 3U);
    for (const std::string method : {"attention", "attention_norm", "pool_gradient", "gradient_path"})
      EXPECT_EQ(explained(method, subject).values.size(), subject.tokens().size());
    EXPECT_LT(peak_kibibytes() - before, kMatrixKibibytes) << mechanism;
  }
  const auto model = fresh_model(*table, schema);
  const auto subject = long_subject(model);
  const auto before = peak_kibibytes();
  EXPECT_EQ(attention_matrices(subject, "block.0.self").size(), 2U);
  EXPECT_GT(peak_kibibytes() - before, 2 * kMatrixKibibytes) << "the test above could not fail";
}

}  // namespace
}  // namespace attune::testing
