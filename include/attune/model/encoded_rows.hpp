// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "attune/model/model.hpp"

namespace attune {

/// The rows that a training reads in every epoch, encoded once: cutting a text into units takes longer than copying
/// what came of it. Rows are kept from the first on while they fit; the others are encoded when they are asked for, so
/// that a table may be larger than memory. Immutable and thread-safe.
class EncodedRows {
 public:
  /// @param most_bytes  that the kept rows may take; while they are made, a few chunks of 64 rows are held besides
  /// @throws InputError naming file and row.
  EncodedRows(const Model& model, const Table& table, ColumnMap columns, std::vector<int64_t> rows, Executor& executor,
              size_t most_bytes);

  /// As Model::encode(table, columns, {rows[p] for p in positions}) without places.
  /// @param table  the same one, for rows that are not kept
  [[nodiscard]] std::vector<NetworkInput> take(const Table& table, std::span<const int64_t> positions) const;

  /// How many of the rows are kept, and the bytes of their encodings.
  [[nodiscard]] int64_t kept() const { return kept_; }
  [[nodiscard]] size_t bytes() const { return bytes_; }

 private:
  using Chunk = std::vector<Encoding>;  // per input
  bool keep(Chunk&& chunk, size_t rows, size_t most_bytes);

  std::vector<std::shared_ptr<const InputFeature>> inputs_;
  ColumnMap columns_;
  std::vector<int64_t> rows_;
  std::vector<Chunk> chunks_;  // of the first kept_ rows
  int64_t kept_ = 0;
  size_t bytes_ = 0;
};

}  // namespace attune
