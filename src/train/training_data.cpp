// SPDX-License-Identifier: Apache-2.0
#include "attune/train/training_data.hpp"

#include <algorithm>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/data/batching.hpp"

namespace attune {
namespace {

int64_t count_unseen(const Targets& targets) {
  const auto* classes = std::get_if<ClassTargets>(&targets);
  return classes == nullptr ? 0 : std::count(classes->begin(), classes->end(), -1);
}

/// The targets at some positions.
Targets pick(const Targets& targets, std::span<const int64_t> positions) {
  return std::visit(
      [&](const auto& all) -> Targets {
        std::remove_cvref_t<decltype(all)> picked;
        for (const int64_t p : positions) picked.push_back(all[static_cast<size_t>(p)]);
        return picked;
      },
      targets);
}

/// Each row's share of the batch's loss. A row without a known class has none.
std::vector<float> shares(const Targets& targets, const std::vector<double>& weights, size_t rows) {
  std::vector<double> raw(rows, 1.0);
  if (const auto* classes = std::get_if<ClassTargets>(&targets)) {
    for (size_t i = 0; i < rows; ++i) {
      const int64_t c = (*classes)[i];
      raw[i] = c < 0 ? 0.0 : weights.empty() ? 1.0 : weights[static_cast<size_t>(c)];
    }
  }
  const double total = std::accumulate(raw.begin(), raw.end(), 0.0);
  std::vector<float> result;
  for (const double weight : raw) result.push_back(static_cast<float>(total > 0 ? weight / total : 0.0));
  return result;
}

}  // namespace

LabelledRows read_labelled(const Model& model, std::shared_ptr<const Table> table, std::vector<int64_t> rows,
                           Executor& executor) {
  LabelledRows data{.table = std::move(table), .columns = {}, .rows = std::move(rows), .lengths = {}, .targets = {}};
  data.columns = model.map_columns(*data.table, /*with_outputs=*/true);
  data.targets = model.targets(*data.table, data.columns, data.rows);
  data.lengths = model.token_counts(*data.table, data.columns, data.rows, executor, &data.truncated_rows);
  for (const auto& targets : data.targets) data.unseen_labels += count_unseen(targets);
  return data;
}

void keep_encoded(LabelledRows& data, const Model& model, Executor& executor, size_t most_bytes) {
  data.encoded = std::make_shared<const EncodedRows>(model, *data.table, data.columns, data.rows, executor, most_bytes);
}

std::vector<std::vector<double>> class_weights(const Model& model, const std::string& scheme) {
  std::vector<std::vector<double>> weights;
  const auto has_classes = [](const auto& output) { return !output->classes().empty(); };
  if (scheme == "balanced" && std::none_of(model.outputs().begin(), model.outputs().end(), has_classes)) {
    throw UsageError("class_weights = balanced: no output has classes; leave it out for a number");
  }
  for (const auto& output : model.outputs()) {
    auto& of_output = weights.emplace_back();
    if (scheme != "balanced") continue;
    const auto counts = output->class_counts();
    const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), int64_t{0}));
    for (const int64_t count : counts) {
      of_output.push_back(count == 0 ? 0.0 : total / (static_cast<double>(counts.size()) * static_cast<double>(count)));
    }
  }
  return weights;
}

TrainingBatch make_training_batch(const LabelledRows& data, std::span<const int64_t> positions,
                                  const std::vector<std::vector<double>>& weights) {
  TrainingBatch batch;
  batch.positions.assign(positions.begin(), positions.end());
  std::vector<uint32_t> lengths;
  for (const int64_t p : positions) {
    batch.rows.push_back(data.rows[static_cast<size_t>(p)]);
    lengths.push_back(data.lengths[static_cast<size_t>(p)]);
  }
  for (size_t o = 0; o < data.targets.size(); ++o) {
    batch.targets.push_back(pick(data.targets[o], positions));
    batch.weights.push_back(shares(batch.targets[o], weights[o], positions.size()));
  }
  batch.shards = cut_shards(lengths);
  return batch;
}

}  // namespace attune
