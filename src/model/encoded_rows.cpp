// SPDX-License-Identifier: Apache-2.0
#include "attune/model/encoded_rows.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "attune/model/row_parts.hpp"
#include "row_encoding.hpp"

namespace attune {
namespace {

// Chunks for each thread that are encoded before the next are looked at.
constexpr int64_t kChunksAtOnce = 4;

void shrink(Ids& ids) {
  ids.places = std::vector<Place>();  // {} would keep its memory
  for (auto* numbers : {&ids.offsets, &ids.ids, &ids.further_offsets, &ids.further}) numbers->shrink_to_fit();
}
void shrink(Scalars& scalars) { scalars.values.shrink_to_fit(); }

size_t bytes_of(const Ids& ids) {
  return sizeof(Place) * ids.places.capacity() +
         sizeof(int64_t) *
             (ids.offsets.capacity() + ids.ids.capacity() + ids.further_offsets.capacity() + ids.further.capacity());
}
size_t bytes_of(const Scalars& scalars) { return sizeof(float) * scalars.values.capacity(); }

}  // namespace

EncodedRows::EncodedRows(const Model& model, const Table& table, ColumnMap columns, std::vector<int64_t> rows,
                         Executor& executor, size_t most_bytes)
    : inputs_(model.inputs()), columns_(std::move(columns)), rows_(std::move(rows)) {
  const int64_t total = most_bytes == 0 ? 0 : chunk_count(rows_.size());
  const int64_t at_once = kChunksAtOnce * executor.threads();
  for (int64_t first = 0; first < total; first += at_once) {
    std::vector<Chunk> chunks(static_cast<size_t>(std::min(at_once, total - first)));
    executor.run(std::ssize(chunks), [&](int64_t i) {
      auto& chunk = chunks[static_cast<size_t>(i)];
      chunk = encode_rows(inputs_, table, columns_, chunk_of(rows_, first + i));
      for (auto& encoding : chunk) std::visit([](auto& kind) { shrink(kind); }, encoding);
    });
    for (int64_t i = 0; i < std::ssize(chunks); ++i) {
      if (!keep(std::move(chunks[static_cast<size_t>(i)]), chunk_of(rows_, first + i).size(), most_bytes)) return;
    }
  }
}

bool EncodedRows::keep(Chunk&& chunk, size_t rows, size_t most_bytes) {
  size_t bytes = 0;
  for (const auto& encoding : chunk) bytes += std::visit([](const auto& kind) { return bytes_of(kind); }, encoding);
  if (bytes_ + bytes > most_bytes) return false;
  bytes_ += bytes;
  kept_ += static_cast<int64_t>(rows);
  chunks_.push_back(std::move(chunk));
  return true;
}

std::vector<NetworkInput> EncodedRows::take(const Table& table, std::span<const int64_t> positions) const {
  std::vector<int64_t> others;  // in one go: reading rows one by one would begin anew for each
  for (const int64_t position : positions) {
    if (position >= kept_) others.push_back(rows_[static_cast<size_t>(position)]);
  }
  const auto fresh = encode_rows(inputs_, table, columns_, others);
  auto taken = empty_encodings(inputs_);
  int64_t next_fresh = 0;
  for (const int64_t position : positions) {
    const bool is_kept = position < kept_;
    const auto& from = is_kept ? chunks_[static_cast<size_t>(position / kChunkRows)] : fresh;
    const int64_t row = is_kept ? position % kChunkRows : next_fresh++;
    for (size_t i = 0; i < taken.size(); ++i) append_row(from[i], row, taken[i]);
  }
  return to_network(std::move(taken), /*places=*/false);
}

}  // namespace attune
