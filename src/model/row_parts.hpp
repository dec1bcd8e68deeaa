// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace attune {

/// Rows that are encoded together: large enough to fill matrix products, small enough to share among threads.
inline constexpr int64_t kChunkRows = 64;

/// Pairs of tokens that are scored at once: of a whole chunk of 64 tokens a row, or of one row of 512. The mechanism
/// that needs most, additive attention, holds two vectors a pair: 128 MiB in a thread for a hidden width of 64.
inline constexpr int64_t kMostPairs = kChunkRows * 64 * 64;

/// Rows cut into parts, each of which attention pads to its longest row: [begin, end) in order, none empty, with
/// rows * longest^2 of at most `most_pairs`, or one row that has more by itself.
///   offsets  [B+1]: row b owns tokens offsets[b] to offsets[b + 1]
[[nodiscard]] std::vector<std::pair<int64_t, int64_t>> cut_parts(std::span<const int64_t> offsets, int64_t most_pairs);

}  // namespace attune
