// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "attune/core/random.hpp"

namespace attune {

/// Batches of similar length: rows are shuffled, cut into windows of `window_batches` batches, sorted by length within
/// a window, cut into batches, and the batches shuffled. A pure function of its arguments. `rows` and `lengths` run in
/// parallel; every row comes exactly once; only one batch may be smaller than `batch_size`.
/// @throws UsageError for a batch or window below 1, or a number of lengths that is not that of the rows.
[[nodiscard]] std::vector<std::vector<int64_t>> make_batches(std::span<const int64_t> rows,
                                                             std::span<const uint32_t> lengths, int64_t batch_size,
                                                             RandomKey key, int64_t window_batches = 64);

/// The rows of a batch cut into shards: how many and where depends on the batch alone (2 up to 383 rows, then one for
/// each whole 128 rows, at most 16; never more than rows). Contiguous [begin, end) pairs, none empty, of nearly equal
/// token counts; no shard has more tokens than an equal share plus the longest row.
[[nodiscard]] std::vector<std::pair<int64_t, int64_t>> cut_shards(std::span<const uint32_t> lengths);

}  // namespace attune
