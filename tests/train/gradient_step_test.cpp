// SPDX-License-Identifier: Apache-2.0
#include "attune/train/gradient_step.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <torch/csrc/autograd/autograd.h>

#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "attune/ops/threads.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using Shards = std::vector<std::pair<int64_t, int64_t>>;

/// How far apart two gradients are, as a share of the largest number of the tensor. The parameter is named.
void expect_close(const Model& model, const Gradients& actual, const Gradients& expected, double tolerance = 2e-5) {
  EXPECT_NEAR(actual.loss, expected.loss, tolerance * std::max(1.0, std::abs(expected.loss)));
  const auto& parameters = model.network().parameters().all();
  ASSERT_FALSE(parameters.empty());
  ASSERT_EQ(actual.values.size(), parameters.size());
  ASSERT_EQ(expected.values.size(), parameters.size());
  double largest = 0;
  for (const auto& value : expected.values) {
    if (value.defined()) largest = std::max(largest, value.abs().max().item<double>());
  }
  for (size_t p = 0; p < parameters.size(); ++p) {
    ASSERT_EQ(actual.values[p].defined(), expected.values[p].defined()) << parameters[p].name;
    if (!expected.values[p].defined()) continue;
    const auto difference = (actual.values[p] - expected.values[p]).abs().max().item<double>();
    EXPECT_LE(difference, tolerance * std::max(largest, 1e-3)) << parameters[p].name;
  }
}

Gradients sharded(const Model& model, const LabelledRows& data, TrainingBatch batch,
                  const std::optional<Shards>& shards, int threads = 1) {
  if (shards) batch.shards = *shards;
  return ShardedStep()(model, data, batch, RandomKey(3), *make_executor(threads));
}

std::vector<int64_t> positions(int64_t count) { return rows_up_to(count); }

/// Some labels, in the middle of the table, that no class has.
std::shared_ptr<const Table> with_unseen_labels(int64_t rows) {
  auto cells = mixed_rows(rows);
  for (const size_t row : {3U, 4U, 5U, 6U}) cells.at(row)[4] = "never seen";
  return make_table(mixed_columns(), cells);
}

ModelConfig without_chance() {
  auto config = small_config();
  config.dropout = config.token_mask = 0;
  return config;
}

TEST(ShardedStep, IsTheGradientOfTheWholeBatch) {
  const auto table = mixed_table(40);
  auto config = small_config();
  config.attention_dropout = 0.2;
  config.unknown_rate = 0.1;  // all chance is by row, so that it does not know of shards
  const auto model = fresh_model(*table, mixed_schema(), config);
  const auto data = labelled(model, table);
  const auto batch = batch_of(data, positions(24), class_weights(model, "none"));
  ASSERT_EQ(batch.shards.size(), 2U);
  const auto whole = sharded(model, data, batch, Shards{{0, 24}});
  ASSERT_TRUE(std::isfinite(whole.loss));
  for (const auto& shards :
       {batch.shards, Shards{{0, 1}, {1, 2}, {2, 24}}, Shards{{0, 5}, {5, 10}, {10, 15}, {15, 20}, {20, 24}}}) {
    expect_close(model, sharded(model, data, batch, shards, 2), whole);
  }
}

TEST(ShardedStep, IsTheSameOfKeptEncodings) {
  const auto table = mixed_table(40);
  const auto model = fresh_model(*table, mixed_schema(), small_config());
  auto data = read_labelled(model, table, {39, 5, 0, 7, 30, 12}, *make_executor(1));
  const auto batch = batch_of(data, {4, 1, 2, 5}, class_weights(model, "none"));
  const auto expected = sharded(model, data, batch, {});
  keep_encoded(data, model, *make_executor(1));
  ASSERT_EQ(data.encoded->kept(), 6);
  const auto actual = sharded(model, data, batch, {});
  EXPECT_EQ(actual.loss, expected.loss);
  for (size_t p = 0; p < expected.values.size(); ++p) {
    ASSERT_EQ(actual.values[p].defined(), expected.values[p].defined());
    EXPECT_TRUE(!expected.values[p].defined() || actual.values[p].equal(expected.values[p]));
  }
}

TEST(ShardedStep, NormalisesOverTheBatchAndNotOverAShard) {
  const auto model = fresh_model(*mixed_table(40), mixed_schema(), without_chance());
  const auto data = labelled(model, with_unseen_labels(12));
  for (const char* scheme : {"none", "balanced"}) {
    const auto batch = batch_of(data, positions(12), class_weights(model, scheme));
    // Shards with all, some and no known labels.
    const auto whole = sharded(model, data, batch, Shards{{0, 12}});
    expect_close(model, sharded(model, data, batch, Shards{{0, 1}, {1, 3}, {3, 7}, {7, 12}}), whole);
  }
}

TEST(ShardedStep, UnderUniformPoolWeightsTeachesThePoolsScoresNothing) {
  const auto table = mixed_table(24);
  auto model = fresh_model(*table, mixed_schema(), small_config());
  const auto data = labelled(model, table);
  const auto batch = batch_of(data, positions(24), class_weights(model, "none"));
  const auto scores_alone = [](const std::string& name) {
    return name.starts_with("pool.") && !name.starts_with("pool.value.") && !name.starts_with("pool.output.");
  };
  const auto taught = [&](const Gradients& gradients) {
    std::map<std::string, bool> by_name;
    const auto& parameters = model.network().parameters().all();
    for (size_t p = 0; p < parameters.size(); ++p) {
      const auto& gradient = gradients.values[p];
      by_name[parameters[p].name] = gradient.defined() && gradient.abs().max().item<double>() > 0;
    }
    return by_name;
  };
  const auto before = sharded(model, data, batch, {});
  model.set_intervention([](std::string_view site) {
    return Intervention{.weights = site == "pool" ? Intervention::Weights::kUniform : Intervention::Weights::kComputed};
  });
  const auto under = sharded(model, data, batch, {});
  EXPECT_NE(under.loss, before.loss);
  int only_scores = 0;
  for (const auto& [name, was_taught] : taught(before)) {
    EXPECT_EQ(taught(under).at(name), was_taught && !scores_alone(name)) << name;
    only_scores += was_taught && scores_alone(name);
  }
  EXPECT_GE(only_scores, 4) << "the learned query and what the scores are made with";
  model.set_intervention({});
  const auto after = sharded(model, data, batch, {});
  EXPECT_EQ(after.loss, before.loss);
  for (size_t p = 0; p < after.values.size(); ++p)
    EXPECT_TRUE(!after.values[p].defined() || after.values[p].equal(before.values[p]));
}

/// Loss and gradient as LibTorch computes them for a batch: means over the known rows, by class weight.
Gradients by_libtorch(const Model& model, const LabelledRows& data, const std::vector<double>& weights) {
  const at::AutoGradMode with_gradients(true);
  const auto scores = model.network().forward(model.encode(*data.table, data.columns, data.rows), {.training = true});
  const auto labels = at::tensor(std::get<ClassTargets>(data.targets[0]), at::TensorOptions(at::kLong));
  const auto values =
      at::tensor(std::get<ValueTargets>(data.targets[1]), at::TensorOptions(at::kDouble)).to(at::kFloat);
  Tensor class_weight;
  if (!weights.empty()) class_weight = at::tensor(weights, at::TensorOptions(at::kDouble)).to(at::kFloat);
  constexpr int64_t kMean = 1;
  const auto loss = at::cross_entropy_loss(scores[0], labels, class_weight, kMean, /*ignore_index=*/-1) +
                    at::mse_loss(scores[1].squeeze(1), values, kMean);
  return {loss.item<double>(), torch::autograd::grad({loss}, model.network().parameters().values(), {}, false, false,
                                                     /*allow_unused=*/true)};
}

TEST(ShardedStep, AgreesWithLibTorchsMeans) {
  const auto model = fresh_model(*mixed_table(41), mixed_schema(), without_chance());  // 14, 14 and 13 rows a class
  const auto data = labelled(model, with_unseen_labels(20));
  ASSERT_EQ(data.unseen_labels, 4);
  for (const char* scheme : {"none", "balanced"}) {
    const auto weights = class_weights(model, scheme);
    expect_close(model, sharded(model, data, batch_of(data, positions(20), weights), {}),
                 by_libtorch(model, data, weights[0]));
  }
}

TEST(ShardedStep, GivesRowsOfUnknownLabelNoLoss) {
  const auto model = fresh_model(*mixed_table(40), mixed_schema({"grade"}));
  const auto data = labelled(model, with_unseen_labels(12));
  const auto weights = class_weights(model, "none");
  const auto known = sharded(model, data, batch_of(data, {0, 1, 2, 7, 8}, weights), {});
  expect_close(model, sharded(model, data, batch_of(data, {0, 3, 1, 2, 4, 5, 7, 6, 8}, weights), {}), known);

  const auto none = sharded(model, data, batch_of(data, {3, 4, 5}, weights), {});
  EXPECT_EQ(none.loss, 0.0);
  for (const auto& value : none.values) {
    EXPECT_EQ(value.defined() ? value.abs().max().item<double>() : 0.0, 0.0);
  }
}

TEST(ShardedStep, TakesOneRow) {
  const auto table = mixed_table(40);
  const auto model = fresh_model(*table);
  const auto data = labelled(model, table);
  for (const int64_t row : {0, 1, 17}) {
    const auto gradients = sharded(model, data, batch_of(data, {row}, class_weights(model, "none")), {}, 5);
    EXPECT_TRUE(std::isfinite(gradients.loss));
    EXPECT_GT(gradients.loss, 0.0);
  }
}

TEST(ShardedStep, TakesRowsWithoutAnyToken) {
  const auto table = make_table({"review", "grade"}, {{"one two", "a"}, {"", "b"}, {"", "a"}});
  const auto model = fresh_model(
      *table, {.inputs = {{.name = "review", .type = "text", .columns = {"review"}, .options = {{"unit", "words"}}}},
               .outputs = {{.name = "grade", .type = "category", .columns = {"grade"}}}});
  const auto data = labelled(model, table);
  for (const auto& rows : {std::vector<int64_t>{1, 2}, {0, 1, 2}}) {
    const auto gradients = sharded(model, data, batch_of(data, rows, class_weights(model, "none")), {});
    EXPECT_TRUE(std::isfinite(gradients.loss));
    for (const auto& value : gradients.values) {
      EXPECT_TRUE(!value.defined() || std::isfinite(value.sum().item<double>()));
    }
  }
}

TEST(ShardedStep, HasTheSameBitsForEveryNumberOfThreads) {
  const auto table = mixed_table(500);
  const auto model = fresh_model(*table);
  const auto data = labelled(model, table);
  const auto batch = batch_of(data, positions(500), class_weights(model, "none"));
  ASSERT_EQ(batch.shards.size(), 3U);
  const auto one = sharded(model, data, batch, {}, 1);
  for (const int threads : {2, 5}) {
    const auto many = sharded(model, data, batch, {}, threads);
    EXPECT_EQ(many.loss, one.loss);
    for (size_t p = 0; p < one.values.size(); ++p) {
      ASSERT_EQ(many.values[p].defined(), one.values[p].defined());
      EXPECT_TRUE(!one.values[p].defined() || many.values[p].equal(one.values[p])) << p;
    }
  }
}

/// A table whose first row takes its time to be read.
class SlowFirstRow : public Table {
 public:
  explicit SlowFirstRow(std::shared_ptr<const Table> table) : table_(std::move(table)) { names_ = table_->names(); }
  [[nodiscard]] int64_t rows() const override { return table_->rows(); }
  void read(int64_t row, Row& out) const override {
    if (row == 0) std::this_thread::sleep_for(std::chrono::milliseconds(400));
    table_->read(row, out);
  }
  [[nodiscard]] std::string where(int64_t row) const override { return table_->where(row); }
  [[nodiscard]] std::string name() const override { return table_->name(); }

 private:
  std::shared_ptr<const Table> table_;
};

/// Their sum, from left to right.
Gradients sum_of(const std::vector<Gradients>& parts) {
  const at::NoGradGuard no_gradients;
  auto sum = parts.front();
  for (size_t i = 1; i < parts.size(); ++i) {
    sum.loss += parts[i].loss;
    for (size_t p = 0; p < sum.values.size(); ++p) {
      if (!parts[i].values[p].defined()) continue;
      sum.values[p] = sum.values[p].defined() ? sum.values[p] + parts[i].values[p] : parts[i].values[p];
    }
  }
  return sum;
}

bool same_bits(const Gradients& a, const Gradients& b) {
  for (size_t p = 0; p < a.values.size(); ++p) {
    if (a.values[p].defined() != b.values[p].defined()) return false;
    if (a.values[p].defined() && !a.values[p].equal(b.values[p])) return false;
  }
  return a.loss == b.loss;
}

/// Not in the order in which they are done: here the first is done last.
TEST(ShardedStep, AddsShardsInTheirOrder) {
  const auto table = mixed_table(60);
  const auto model = fresh_model(*table);
  auto data = labelled(model, table);
  const auto batch = batch_of(data, positions(60), class_weights(model, "none"));
  const Shards shards = {{0, 20}, {20, 40}, {40, 60}};
  std::vector<Gradients> each;
  for (const auto& shard : shards) each.push_back(sharded(model, data, batch, Shards{shard}));
  const auto expected = sum_of(each);
  ASSERT_FALSE(same_bits(expected, sum_of({each[1], each[2], each[0]}))) << "or the order would make no difference";
  EXPECT_TRUE(same_bits(sharded(model, data, batch, shards, 1), expected));
  data.table = std::make_shared<SlowFirstRow>(table);
  EXPECT_TRUE(same_bits(sharded(model, data, batch, shards, 3), expected));
}

/// Sums in place need gradients that share no memory, with each other or within themselves.
TEST(ShardedStep, ReturnsGradientsThatShareNoMemory) {
  const auto table = mixed_table(20);
  for (const char* mechanism : {"scaled_dot", "dot", "multiplicative", "additive", "split"}) {
    for (const char* pool : {"mean", "max", "first", "attention"}) {
      auto config = small_config();
      config.mechanism = mechanism;
      config.pool = pool;
      if (config.pool == "attention") config.pool_mechanism = mechanism;
      config.positions = "learned";
      config.dense = {6};
      const auto model = fresh_model(*table, mixed_schema(), config);
      const auto data = labelled(model, table);
      const auto gradients = sharded(model, data, batch_of(data, positions(20), class_weights(model, "none")), {});
      std::set<const void*> seen;
      const auto& parameters = model.network().parameters().all();
      ASSERT_EQ(gradients.values.size(), parameters.size());
      for (size_t p = 0; p < parameters.size(); ++p) {
        const auto& value = gradients.values[p];
        if (!value.defined()) continue;
        EXPECT_EQ(value.sizes(), parameters[p].value.sizes()) << parameters[p].name;
        EXPECT_TRUE(value.is_non_overlapping_and_dense()) << parameters[p].name << " " << mechanism << " " << pool;
        EXPECT_TRUE(seen.insert(value.const_data_ptr()).second)
            << parameters[p].name << " " << mechanism << " " << pool;
      }
    }
  }
}

}  // namespace
}  // namespace attune::testing
