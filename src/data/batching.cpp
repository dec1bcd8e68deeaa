// SPDX-License-Identifier: Apache-2.0
#include "attune/data/batching.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "attune/core/error.hpp"

namespace attune {
namespace {

void check_batching(size_t rows, size_t lengths, int64_t batch_size, int64_t window_batches) {
  if (rows != lengths) {
    throw UsageError("make_batches: " + std::to_string(rows) + " rows, but " + std::to_string(lengths) + " lengths");
  }
  if (batch_size < 1) throw UsageError("batch size " + std::to_string(batch_size) + ": expected at least 1");
  if (window_batches < 1) {
    throw UsageError("batches in a window " + std::to_string(window_batches) + ": expected at least 1");
  }
}

std::vector<int64_t> shuffled(size_t count, RandomKey key) {
  std::vector<int64_t> order(count);
  key.permutation(order);
  return order;
}

/// Sorts the window by length; equal lengths stay in shuffled order.
void sort_by_length(std::span<int64_t> window, std::span<const uint32_t> lengths) {
  std::vector<std::pair<uint32_t, int64_t>> keyed;  // sorted as pairs: far fewer cache misses than through the index
  keyed.reserve(window.size());
  for (const auto i : window) keyed.emplace_back(lengths[static_cast<size_t>(i)], i);
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t i = 0; i < keyed.size(); ++i) window[i] = keyed[i].second;
}

/// Shards of a batch: by its rows alone, so that neither threads nor memory decide.
int64_t shard_count(int64_t rows) {
  constexpr int64_t kRowsPerShard = 128;
  constexpr int64_t kMostShards = 16;
  return std::min(rows, std::clamp<int64_t>(rows / kRowsPerShard, 2, kMostShards));
}

}  // namespace

std::vector<std::vector<int64_t>> make_batches(std::span<const int64_t> rows, std::span<const uint32_t> lengths,
                                               int64_t batch_size, RandomKey key, int64_t window_batches) {
  check_batching(rows.size(), lengths.size(), batch_size, window_batches);
  auto order = shuffled(rows.size(), key.with("rows"));
  const auto size = std::min(static_cast<size_t>(batch_size), std::max<size_t>(rows.size(), 1));
  const auto window = std::min(static_cast<size_t>(window_batches), rows.size() / size + 1) * size;
  for (size_t begin = 0; begin < order.size(); begin += window) {
    sort_by_length(std::span(order).subspan(begin, std::min(window, order.size() - begin)), lengths);
  }
  const auto places = shuffled((order.size() + size - 1) / size, key.with("batches"));
  std::vector<std::vector<int64_t>> batches(places.size());
  for (size_t i = 0; i < places.size(); ++i) {
    const auto begin = static_cast<size_t>(places[i]) * size;
    const auto end = std::min(begin + size, order.size());
    batches[i].reserve(end - begin);
    for (size_t j = begin; j < end; ++j) batches[i].push_back(rows[static_cast<size_t>(order[j])]);
  }
  return batches;
}

std::vector<std::pair<int64_t, int64_t>> cut_shards(std::span<const uint32_t> lengths) {
  const auto rows = static_cast<int64_t>(lengths.size());
  const auto shards = shard_count(rows);
  const auto total = std::accumulate(lengths.begin(), lengths.end(), uint64_t{0});
  // Where no row has a token, rows are what is shared out.
  const auto weight = [&](int64_t row) { return total == 0 ? 1 : uint64_t{lengths[static_cast<size_t>(row)]}; };
  const auto whole = total == 0 ? static_cast<uint64_t>(rows) : total;

  std::vector<std::pair<int64_t, int64_t>> cuts;
  int64_t begin = 0;
  uint64_t before = 0;  // tokens of the rows before `end`
  for (int64_t shard = 0; shard < shards; ++shard) {
    const auto goal = whole * static_cast<uint64_t>(shard + 1) / static_cast<uint64_t>(shards);
    const auto last_end = rows - (shards - shard - 1);  // leaves a row for every shard to come
    auto end = begin + 1;
    before += weight(begin);
    // A row goes to the side on which more than half of it lies.
    while (end < last_end && before + weight(end) / 2 < goal) before += weight(end++);
    if (shard + 1 == shards) end = rows;
    cuts.emplace_back(begin, end);
    begin = end;
  }
  return cuts;
}

}  // namespace attune
