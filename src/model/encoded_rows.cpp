// SPDX-License-Identifier: Apache-2.0
#include "attune/model/encoded_rows.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "row_encoding.hpp"
#include "row_parts.hpp"

namespace attune {
namespace {

// Encoded in parallel before they are put together.
constexpr int64_t kChunksInGroup = 64;

size_t bytes_of(const Ids& ids) {
  return sizeof(int64_t) * (ids.offsets.size() + ids.ids.size() + ids.further_offsets.size() + ids.further.size());
}
size_t bytes_of(const Scalars& scalars) { return sizeof(float) * scalars.values.size(); }

}  // namespace

EncodedRows::EncodedRows(const Model& model, const Table& table, ColumnMap columns, std::vector<int64_t> rows,
                         Executor& executor, size_t most_bytes)
    : inputs_(model.inputs()),
      columns_(std::move(columns)),
      rows_(std::move(rows)),
      encodings_(empty_encodings(inputs_)) {
  const auto total = static_cast<int64_t>(rows_.size());
  while (kept_ < total && bytes() < most_bytes) {
    const auto left = std::span(rows_).subspan(static_cast<size_t>(kept_));
    std::vector<std::vector<Encoding>> chunks(static_cast<size_t>(std::min(kChunksInGroup, chunk_count(left.size()))));
    executor.run(static_cast<int64_t>(chunks.size()), [&](int64_t chunk) {
      chunks[static_cast<size_t>(chunk)] = encode_rows(inputs_, table, columns_, chunk_of(left, chunk));
    });
    for (size_t chunk = 0; chunk < chunks.size(); ++chunk) {
      keep(chunks[chunk], static_cast<int64_t>(chunk_of(left, static_cast<int64_t>(chunk)).size()));
    }
  }
}

std::vector<NetworkInput> EncodedRows::take(const Table& table, std::span<const int64_t> positions) const {
  auto taken = empty_encodings(inputs_);
  for (const int64_t position : positions) {
    if (position < kept_) {
      for (size_t i = 0; i < taken.size(); ++i) append_row(encodings_[i], position, taken[i]);
    } else {
      const auto fresh =
          encode_rows(inputs_, table, columns_, std::span(rows_).subspan(static_cast<size_t>(position), 1));
      for (size_t i = 0; i < taken.size(); ++i) append_row(fresh[i], 0, taken[i]);
    }
  }
  return to_network(std::move(taken), /*places=*/false);
}

void EncodedRows::keep(const std::vector<Encoding>& encodings, int64_t rows) {
  for (size_t i = 0; i < encodings_.size(); ++i) {
    for (int64_t row = 0; row < rows; ++row) append_row(encodings[i], row, encodings_[i]);
  }
  kept_ += rows;
}

size_t EncodedRows::bytes() const {
  size_t sum = 0;
  for (const auto& encoding : encodings_) {
    sum += std::visit([](const auto& kind) { return bytes_of(kind); }, encoding);
  }
  return sum;
}

}  // namespace attune
