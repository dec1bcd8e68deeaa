// SPDX-License-Identifier: Apache-2.0
#include "attune/model/model.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <optional>

#include "attune/core/error.hpp"
#include "attune/features/registry.hpp"
#include "attune/model/row_parts.hpp"
#include "attune/ops/packing.hpp"
#include "pretrained_vectors.hpp"
#include "row_encoding.hpp"

namespace attune {
namespace {

Scores room_for(int64_t rows, int64_t columns) {
  return {.rows = rows, .columns = columns, .values = std::vector<float>(static_cast<size_t>(rows * columns))};
}

/// Writes the scores of rows from `first` on.
void put(std::span<const float> values, int64_t first, Scores& scores) {
  std::copy(values.begin(), values.end(), scores.values.begin() + first * scores.columns);
}

/// @throws UsageError for weights that belong to the rows of one pass.
void check_of_any_rows(const Intervention& intervention, std::string_view site) {
  using Weights = Intervention::Weights;
  if (intervention.weights == Weights::kComputed || intervention.weights == Weights::kUniform) return;
  throw UsageError("intervention of the model at \"" + std::string(site) +
                   "\": expected computed or uniform weights, found " +
                   (intervention.weights == Weights::kGiven ? "given" : "permuted") +
                   " ones, which belong to the rows of one pass; tell that pass, through its ForwardContext");
}

}  // namespace

Model Model::fit(const Schema& schema, const Table& table, std::span<const int64_t> rows,
                 std::span<const int64_t> training, const ModelConfig& config, uint64_t seed,
                 const std::function<bool()>& should_stop) {
  Model model;
  model.schema_ = schema;
  const auto columns_of = [&](const Binding& binding) {
    std::vector<int> columns;
    for (const auto& name : binding.columns) columns.push_back(table.column(name));
    return columns;
  };
  for (const auto& binding : schema.outputs) {
    auto feature = make_output_feature(binding);
    const auto columns = columns_of(binding);
    feature->fit({table, columns, rows}, {table, columns, training});
    model.outputs_.push_back(std::move(feature));
  }
  for (const auto& binding : schema.inputs) {
    auto feature = make_input_feature(binding);
    feature->fit({table, columns_of(binding), training}, seed);
    model.inputs_.push_back(std::move(feature));
  }
  model.temperatures_.assign(model.outputs_.size(), 1.0);
  model.linear_.resize(model.outputs_.size());
  auto description = design_network(config, model.inputs_, model.outputs_);
  auto source = drawn_from(RandomKey(seed).with("initialisation"));
  std::optional<PretrainedVectors> vectors;  // lives until the network has taken its values
  if (!config.vectors.empty()) {
    vectors.emplace(config, model.inputs_, should_stop);
    vectors->describe(description);
    source = vectors->into(std::move(source));
    model.record["vectors"] = vectors->record();
  }
  model.network_ = std::make_unique<Network>(std::move(description), std::move(source));
  return model;
}

Model Model::redrawn(RandomKey key) const {
  Model model;
  model.schema_ = schema_;
  model.inputs_ = inputs_;
  model.outputs_ = outputs_;
  model.temperatures_ = temperatures_;
  model.linear_ = linear_;
  model.network_ = std::make_unique<Network>(network_->description(), drawn_from(key));
  model.kernels_ = kernels_;
  model.intervention_ = intervention_;
  return model;
}

void Model::set_intervention(std::function<Intervention(std::string_view site)> intervention) {
  if (!intervention) {
    intervention_ = nullptr;
    return;
  }
  intervention_ = [asked = std::move(intervention)](std::string_view site) {
    auto change = asked(site);
    check_of_any_rows(change, site);
    return change;
  };
}

ColumnMap Model::map_columns(const Table& table, bool with_outputs) const {
  ColumnMap map;
  for (const auto& binding : schema_.inputs) {
    auto& columns = map.inputs.emplace_back();
    for (const auto& name : binding.columns) columns.push_back(table.column(name));
  }
  if (!with_outputs) return map;
  for (const auto& binding : schema_.outputs) map.outputs.push_back(table.column(binding.columns.front()));
  return map;
}

std::vector<NetworkInput> Model::encode(const Table& table, const ColumnMap& columns, std::span<const int64_t> rows,
                                        bool places) const {
  return to_network(encode_rows(inputs_, table, columns, rows), places);
}

std::vector<Targets> Model::targets(const Table& table, const ColumnMap& columns, std::span<const int64_t> rows) const {
  std::vector<Targets> result;
  for (const auto& output : outputs_) result.push_back(output->empty_targets());
  for_each_row(table, rows, [&](size_t, const Row& row) {
    for (size_t i = 0; i < outputs_.size(); ++i) outputs_[i]->encode(row[columns.outputs[i]], result[i]);
  });
  return result;
}

std::vector<uint32_t> Model::token_counts(const Table& table, const ColumnMap& columns, std::span<const int64_t> rows,
                                          Executor& executor, int64_t* truncated_rows) const {
  std::vector<uint32_t> counts(rows.size());
  std::atomic<int64_t> truncated = 0;
  executor.run(chunk_count(rows.size()), [&](int64_t chunk) {
    std::vector<std::string_view> cells;
    for_each_row(table, chunk_of(rows, chunk), [&](size_t i, const Row& row) {
      int64_t tokens = 0, cut = 0;
      for (size_t input = 0; input < inputs_.size(); ++input) {
        gather_cells(row, columns.inputs[input], cells);
        const auto count = inputs_[input]->count_tokens(cells);
        tokens += count.tokens;
        cut += count.cut_off;
      }
      counts[static_cast<size_t>(chunk * kChunkRows) + i] = static_cast<uint32_t>(tokens);
      if (cut > 0) ++truncated;
    });
  });
  if (truncated_rows != nullptr) *truncated_rows = truncated;
  return counts;
}

std::vector<Scores> Model::score(const Table& table, std::span<const int64_t> rows, Executor& executor) const {
  return pooled(opinions(table, rows, executor, /*weightless_too=*/false));
}

std::vector<Opinions> Model::opinions(const Table& table, std::span<const int64_t> rows, Executor& executor) const {
  return opinions(table, rows, executor, /*weightless_too=*/true);
}

std::vector<Opinions> Model::opinions(const Table& table, std::span<const int64_t> rows, Executor& executor,
                                      bool weightless_too) const {
  const auto columns = map_columns(table, /*with_outputs=*/false);
  std::vector<Opinions> opinions;
  for (size_t o = 0; o < outputs_.size(); ++o) {
    const auto width = outputs_[o]->head().value("classes", int64_t{1});
    const bool linear = linear_[o].part != nullptr && (weightless_too || linear_[o].weight > 0);
    opinions.push_back(
        {.network = room_for(std::ssize(rows), width), .linear = room_for(linear ? std::ssize(rows) : 0, width)});
  }
  executor.run(chunk_count(rows.size()), [&](int64_t chunk) {
    const at::NoGradGuard no_gradients;
    const auto context = forward_context();
    const auto tokens = network_->embed(encode(table, columns, chunk_of(rows, chunk)), context);
    for (const auto& [begin, end] : cut_parts(offsets_view(tokens.offsets), kMostPairs)) {
      const auto hidden = network_->hidden(rows_of(tokens, begin, end), context);
      for (size_t o = 0; o < opinions.size(); ++o) {
        const auto logits = network_->head(o).forward(hidden, context).contiguous();  // [b, C]
        put(std::span(logits.const_data_ptr<float>(), static_cast<size_t>(logits.numel())), chunk * kChunkRows + begin,
            opinions[o].network);
      }
    }
    for (size_t o = 0; o < opinions.size(); ++o) {
      if (opinions[o].linear.rows == 0) continue;
      put(linear_[o].part->log_probabilities(table, chunk_of(rows, chunk)), chunk * kChunkRows, opinions[o].linear);
    }
  });
  return opinions;
}

std::vector<Scores> Model::pooled(std::span<const Opinions> opinions) const {
  std::vector<Scores> scores;
  for (size_t o = 0; o < opinions.size(); ++o) scores.push_back(pooled(o, opinions[o]));
  return scores;
}

Scores Model::pooled(size_t output, const Opinions& opinions) const {
  auto scores = opinions.network;
  const auto temperature = static_cast<float>(temperatures_[output]);
  const auto weight = static_cast<float>(linear_[output].weight);
  for (auto& score : scores.values) score /= temperature;
  if (weight == 0 || opinions.linear.rows == 0) return scores;
  for (size_t i = 0; i < scores.values.size(); ++i) scores.values[i] += weight * opinions.linear.values[i];
  return scores;
}

void Model::set_linear(size_t output, std::shared_ptr<const LinearClassifier> linear) {
  const auto classes = std::ssize(outputs_.at(output)->classes());
  if (classes == 0 || (linear != nullptr && linear->classes() != classes)) {
    throw UsageError("linear part: expected one for the " + std::to_string(classes) + " classes of the output");
  }
  linear_.at(output) = {std::move(linear), 0};
}

void Model::set_linear_weight(size_t output, double weight) {
  if (!(std::isfinite(weight) && weight >= 0)) {
    throw UsageError("weight of the linear part: expected a number of at least 0, found " + std::to_string(weight));
  }
  auto& linear = linear_.at(output);
  if (weight > 0 && linear.part == nullptr) throw UsageError("weight of the linear part: the output has no such part");
  linear.weight = weight;
}

void Model::set_temperature(size_t output, double temperature) {
  if (!(std::isfinite(temperature) && temperature > 0.0)) {
    throw UsageError("temperature: expected a positive number, found " + std::to_string(temperature));
  }
  temperatures_.at(output) = temperature;
}

}  // namespace attune
