// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/model/encoded_rows.hpp"
#include "attune/train/train_config.hpp"

namespace attune {

/// Rows of a table that a model is trained or validated on: per row, its length and its targets are held in memory, and
/// the encoding when it is kept.
struct LabelledRows {
  std::shared_ptr<const Table> table;
  ColumnMap columns;
  std::vector<int64_t> rows;                        ///< numbers in the table
  std::vector<uint32_t> lengths;                    ///< tokens of each
  std::vector<Targets> targets;                     ///< per output, in parallel to `rows`
  std::shared_ptr<const EncodedRows> encoded = {};  ///< of `rows`; without, a step encodes its rows itself
  int64_t truncated_rows = 0;                       ///< rows that lose units to a limit of a feature
  int64_t unseen_labels = 0;  ///< targets whose label was never seen when the features were fitted
};

/// Reads lengths and targets of all rows, in one pass. @throws InputError naming file and row.
[[nodiscard]] LabelledRows read_labelled(const Model& model, std::shared_ptr<const Table> table,
                                         std::vector<int64_t> rows, Executor& executor);

/// Holds some 30 million tokens, and leaves machines of a few gigabytes the rest.
inline constexpr size_t kMostEncodedBytes = size_t{256} << 20;

/// Encodes the rows once for all epochs, as many as fit. @throws InputError naming file and row.
void keep_encoded(LabelledRows& data, const Model& model, Executor& executor, size_t most_bytes = kMostEncodedBytes);

/// The rows of one step. Everything that must not depend on the sharding is computed here, before it.
struct TrainingBatch {
  std::vector<int64_t> positions;                   ///< in LabelledRows::rows
  std::vector<int64_t> rows;                        ///< numbers in the table
  std::vector<Targets> targets;                     ///< per output
  std::vector<std::vector<float>> weights;          ///< per output and row: share of the batch's loss; they add up to 1
  std::vector<std::pair<int64_t, int64_t>> shards;  ///< [begin, end) of rows
};

/// Weight of each class in the loss, per output (empty: all 1), with mean 1 over the training rows.
[[nodiscard]] std::vector<std::vector<double>> class_weights(const Model& model, const std::string& scheme);

/// @param positions into data.rows
[[nodiscard]] TrainingBatch make_training_batch(const LabelledRows& data, std::span<const int64_t> positions,
                                                const std::vector<std::vector<double>>& weights);

}  // namespace attune
