// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace attune {

/// Rows that are encoded together: large enough to fill matrix products, small enough to share among threads.
inline constexpr int64_t kChunkRows = 64;

[[nodiscard]] inline int64_t chunk_count(size_t rows) {
  return (static_cast<int64_t>(rows) + kChunkRows - 1) / kChunkRows;
}

/// The rows of chunk `chunk`, the last of which may be shorter.
[[nodiscard]] inline std::span<const int64_t> chunk_of(std::span<const int64_t> rows, int64_t chunk) {
  const auto begin = static_cast<size_t>(chunk * kChunkRows);
  return rows.subspan(begin, std::min<size_t>(kChunkRows, rows.size() - begin));
}

/// Pairs of tokens that are scored at once: of a whole chunk of 64 tokens a row, or of one row of 512. The mechanism
/// that needs most, additive attention, holds two vectors a pair: 128 MiB in a thread for a hidden width of 64.
inline constexpr int64_t kMostPairs = kChunkRows * 64 * 64;

/// Rows cut into parts, each of which attention pads to its longest row: [begin, end) in order, none empty, with
/// rows * longest^2 of at most `most_pairs`, or one row that has more by itself.
///   offsets  [B+1]: row b owns tokens offsets[b] to offsets[b + 1]
[[nodiscard]] std::vector<std::pair<int64_t, int64_t>> cut_parts(std::span<const int64_t> offsets, int64_t most_pairs);

}  // namespace attune
