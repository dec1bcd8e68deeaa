// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "attune/core/random.hpp"

namespace attune {

/// Batches of similar length: rows are shuffled, cut into windows of `window_batches` batches, sorted by length within a
/// window, cut into batches, and the batches shuffled. A pure function of its arguments. `rows` and `lengths` run in
/// parallel; every row comes exactly once; only one batch may be smaller than `batch_size`.
[[nodiscard]] std::vector<std::vector<int64_t>> make_batches(std::span<const int64_t> rows, std::span<const uint32_t> lengths,
                                                             int64_t batch_size, RandomKey key,
                                                             int64_t window_batches = 64);

/// The rows of a batch cut into shards: how many and where depends on the batch alone (2 for up to 256 rows, one more for
/// each further 128, at most 16; never more than rows). Contiguous [begin, end) pairs of nearly equal token counts.
[[nodiscard]] std::vector<std::pair<int64_t, int64_t>> cut_shards(std::span<const uint32_t> lengths);

}  // namespace attune
