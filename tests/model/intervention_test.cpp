// SPDX-License-Identifier: Apache-2.0
// A model whose attention is changed, and one whose network is drawn anew.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linear.h>
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>

#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"
#include "attune/ops/threads.hpp"
#include "model_fixtures.hpp"
#include "support/temporary_folder.hpp"

namespace attune::testing {
namespace {

using ::testing::HasSubstr;
using Weights = Intervention::Weights;

/// Large parameters, so that attention is far from uniform and every part tells in the scores.
Model lively(const Table& table, const ModelConfig& config = small_config()) {
  auto model = fresh_model(table, mixed_schema(), config);
  const at::NoGradGuard no_gradients;
  for (const auto& parameter : model.network().parameters().all()) {
    auto value = parameter.value;
    auto* numbers = value.mutable_data_ptr<float>();
    const auto key = RandomKey(5).with(parameter.name);
    for (int64_t i = 0; i < value.numel(); ++i)
      numbers[i] += 0.5F * static_cast<float>(key.normal(static_cast<uint64_t>(i)));
  }
  return model;
}

auto change_at(const std::string& named, const Intervention& change) {
  return [=](std::string_view site) { return site == named ? change : Intervention{}; };
}

std::vector<Scores> scores_of(const Model& model, const Table& table, int threads = 1) {
  return model.score(table, rows_up_to(table.rows()), *make_executor(threads));
}

/// What a head makes of the plain mean of each row's tokens, as the pool projects it: [B, C].
Tensor from_means(const Model& model, const Table& table, size_t head) {
  const at::NoGradGuard no_gradients;
  const auto& parameters = model.network().parameters();
  const auto hidden = model.network().hidden(
      model.encode(table, model.map_columns(table, /*with_outputs=*/false), rows_up_to(table.rows())), {});
  const auto& tokens = hidden.tokens();
  const auto offsets = offsets_view(tokens.offsets);
  std::vector<Tensor> rows;
  for (size_t b = 0; b + 1 < offsets.size(); ++b)
    rows.push_back(tokens.values.slice(0, offsets[b], offsets[b + 1]).mean(0, /*keepdim=*/true));
  const auto through = [&](const Tensor& x, const std::string& name) {
    return at::linear(x, parameters.get(name + ".weight"), parameters.get(name + ".bias"));
  };
  return through(through(through(at::cat(rows), "pool.value"), "pool.output"),
                 "head." + std::to_string(head) + ".scores");
}

TEST(ModelIntervention, UniformPoolWeightsPredictFromTheMeanOfTheTokens) {
  const auto table = mixed_table(70);  // two chunks
  for (const std::string mechanism : {"additive", "dot", "multiplicative", "scaled_dot"}) {
    auto config = small_config();
    config.pool_mechanism = mechanism;
    config.pool_heads = 2;
    auto model = lively(*table, config);
    const auto before = scores_of(model, *table);
    model.set_intervention(change_at("pool", {.weights = Weights::kUniform}));
    const auto under = scores_of(model, *table);
    for (size_t o = 0; o < 2; ++o) {
      const auto expected = from_means(model, *table, o).contiguous();
      ASSERT_EQ(static_cast<size_t>(expected.numel()), under[o].values.size());
      const auto* next = expected.const_data_ptr<float>();
      for (const float score : under[o].values) EXPECT_NEAR(score, *next++, 2e-5) << mechanism;
    }
    EXPECT_FALSE(same_scores(under, before));
    EXPECT_TRUE(same_scores(scores_of(model, *table, 2), under)) << "whatever the threads";
    model.set_intervention({});
    EXPECT_FALSE(model.intervention());
    EXPECT_TRUE(same_scores(scores_of(model, *table), before));
  }
}

TEST(ModelIntervention, IsWhatAPassIsTold) {
  const auto table = mixed_table(20);
  auto model = lively(*table);
  const auto change = change_at("block.0.self", {.weights = Weights::kUniform});
  const auto inputs = model.encode(*table, model.map_columns(*table, false), rows_up_to(20));
  const at::NoGradGuard no_gradients;
  const auto expected = model.network().forward(inputs, {.intervention = change});
  model.set_intervention(change);
  model.set_kernels(Kernels::kComposed);
  const auto context = model.forward_context();
  EXPECT_EQ(context.kernels, Kernels::kComposed);
  EXPECT_FALSE(context.training);
  EXPECT_EQ(context.intervention_at("block.0.self").weights, Weights::kUniform);
  EXPECT_FALSE(context.intervention_at("pool").any());
  const auto actual = model.network().forward(inputs, context);
  EXPECT_LT((actual[0] - expected[0]).abs().max().item<double>(), 1e-5);
  const auto scores = scores_of(model, *table);
  for (int64_t r = 0; r < 20; ++r)
    EXPECT_NEAR(scores[1].row(r)[0], expected[1][r][0].item<double>(), 1e-5) << "of the prediction as well";
}

TEST(ModelIntervention, ThatChangesNothingChangesNoBit) {
  const auto table = mixed_table(20);
  auto model = lively(*table);
  const auto before = scores_of(model, *table);
  std::atomic<int> asked = 0;
  model.set_intervention([&](std::string_view) {
    ++asked;
    return Intervention{};
  });
  EXPECT_TRUE(same_scores(scores_of(model, *table), before));
  EXPECT_EQ(asked, 2) << "a block and the pool, of one chunk";
}

TEST(ModelIntervention, RefusesWeightsOfParticularRows) {
  const auto table = mixed_table(3);
  auto model = lively(*table);
  model.set_intervention(change_at("pool", {.weights = Weights::kPermuted}));
  EXPECT_EQ(message_of<UsageError>([&] { (void)scores_of(model, *table); }),
            "intervention of the model at \"pool\": expected computed or uniform weights, found permuted ones, which "
            "belong to the rows of one pass; tell that pass, through its ForwardContext");
  model.set_intervention(change_at("block.0.self", {.weights = Weights::kGiven}));
  EXPECT_THAT(message_of<UsageError>([&] { (void)scores_of(model, *table); }),
              HasSubstr("at \"block.0.self\": expected computed or uniform weights, found given ones"));
}

TEST(ModelIntervention, KeepsAModelFromBeingSaved) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.attune";
  auto model = lively(*mixed_table(10));
  model.set_intervention(change_at("pool", {.weights = Weights::kUniform}));
  EXPECT_EQ(message_of<UsageError>([&] { model.save(path); }),
            path.string() +
                ": not written: the model is under an intervention on its attention, which the file would "
                "not tell, so that what is loaded from it would predict otherwise; take it away before, "
                "with set_intervention({})");
  EXPECT_FALSE(std::filesystem::exists(path));
  model.set_intervention({});
  model.save(path);
  EXPECT_FALSE(Model::load(path).intervention());
}

TEST(RedrawnModel, HasTheWeightsOfItsKey) {
  const auto table = mixed_table(30);
  const auto model = lively(*table);
  const auto digest = tensor_digest(model);
  const auto one = model.redrawn(RandomKey(7)), same = model.redrawn(RandomKey(7)), other = model.redrawn(RandomKey(8));
  EXPECT_EQ(tensor_digest(one), tensor_digest(same));
  EXPECT_TRUE(same_scores(scores_of(one, *table), scores_of(same, *table)));
  EXPECT_NE(tensor_digest(one), tensor_digest(other));
  EXPECT_FALSE(same_scores(scores_of(one, *table), scores_of(other, *table)));
  EXPECT_NE(tensor_digest(one), digest);
  EXPECT_EQ(tensor_digest(model), digest) << "the model itself stays";
  const auto fresh = model.redrawn(RandomKey(4).with("initialisation"));
  EXPECT_EQ(tensor_digest(fresh), tensor_digest(fresh_model(*table, mixed_schema(), small_config(), 4)));
}

TEST(RedrawnModel, KeepsAllButTheNetworkAndTheRecord) {
  const auto table = mixed_table(60);
  auto model = fresh_model(*table);
  add_linear_part(model, *table, 0.75);
  model.set_temperature(0, 1.7);
  model.set_kernels(Kernels::kComposed);
  model.set_intervention(change_at("pool", {.weights = Weights::kUniform}));
  model.record["history"] = "of another network";
  const auto other = model.redrawn(RandomKey(7));
  EXPECT_EQ(to_json(other.schema()), to_json(model.schema()));
  EXPECT_EQ(other.inputs(), model.inputs()) << "the same fitted features";
  EXPECT_EQ(other.outputs(), model.outputs());
  EXPECT_EQ(other.network().description(), model.network().description());
  EXPECT_EQ(other.temperature(0), 1.7);
  EXPECT_EQ(other.linear(0), model.linear(0));
  EXPECT_EQ(other.linear_weight(0), 0.75);
  EXPECT_EQ(other.kernels(), Kernels::kComposed);
  EXPECT_EQ(other.forward_context().intervention_at("pool").weights, Weights::kUniform);
  EXPECT_EQ(other.record, Json::object());
  const auto all = rows_up_to(60);
  const auto executor = make_executor(1);
  EXPECT_TRUE(same_scores({other.opinions(*table, all, *executor)[0].linear},
                          {model.opinions(*table, all, *executor)[0].linear}));
}

TEST(RedrawnModel, HasNothingOfAFileOfWordVectors) {
  const TemporaryFolder folder;
  auto config = small_config();
  config.vectors = folder.write("vectors.txt", "poor 1 0 2\ngreat 0 1 3\nthing 1 1 1\n").string();
  config.vectors_frozen = true;
  const auto table = mixed_table(60);
  const auto model = fresh_model(*table, mixed_schema(), config);
  const auto& vectors = model.network().parameters().get("input.0.vectors");
  EXPECT_GT(vectors.abs().sum().item<double>(), 0);
  const auto other = model.redrawn(RandomKey(7));
  EXPECT_EQ(other.network().description(), model.network().description());
  EXPECT_EQ(other.network().parameters().get("input.0.vectors").abs().sum().item<double>(), 0);
  const auto& embedding = other.network().parameters().get("input.0.table");
  EXPECT_EQ((embedding.abs().sum(1) == 0).sum().item<int64_t>(), 0) << "every word has a drawn one";
}

}  // namespace
}  // namespace attune::testing
