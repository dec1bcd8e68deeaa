// SPDX-License-Identifier: Apache-2.0
#include "dropout_multipliers.hpp"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "attune/ops/packing.hpp"

namespace attune {
namespace {

struct RowLengths {
  int64_t queries, keys;
};

/// Draws [H, queries, keys] in one stream, counted within the row's own lengths so that padding changes nothing, and
/// lays it out as [H, Tq, Tk].
void draw_row(const RandomKey& key, double keep, const RowLengths& own, const AttentionSizes& s, float* out) {
  std::vector<float> drawn(static_cast<size_t>(s.heads * own.queries * own.keys));
  key.fill_dropout(drawn, 0, keep, static_cast<float>(1.0 / keep));
  for (int64_t h = 0; h < s.heads; ++h) {
    for (int64_t i = 0; i < own.queries; ++i) {
      std::copy_n(drawn.data() + (h * own.queries + i) * own.keys, own.keys,
                  out + (h * s.longest_query + i) * s.longest_key);
    }
  }
}

}  // namespace

std::vector<int64_t> row_numbers(const Tensor& row_ids, int64_t batch) {
  std::vector<int64_t> numbers(static_cast<size_t>(batch));
  std::iota(numbers.begin(), numbers.end(), 0);
  if (!row_ids.defined()) return numbers;
  const auto given = row_ids.contiguous();
  std::copy_n(given.const_data_ptr<int64_t>(), batch, numbers.begin());
  return numbers;
}

Tensor dropout_multipliers(const AttentionDropout& dropout, const AttentionInputs& in, const AttentionSizes& s) {
  auto multipliers = at::zeros({s.batch, s.heads, s.longest_query, s.longest_key}, at::TensorOptions(at::kFloat));
  auto* out = multipliers.mutable_data_ptr<float>();
  const auto ids = row_numbers(dropout.row_ids, s.batch);
  std::span<const int64_t> query_rows, key_rows;
  if (s.packed) query_rows = offsets_view(in.query_offsets), key_rows = offsets_view(in.key_offsets);
  for (int64_t b = 0; b < s.batch; ++b) {
    RowLengths own{s.longest_query, s.longest_key};
    if (s.packed) own = {query_rows[b + 1] - query_rows[b], key_rows[b + 1] - key_rows[b]};
    draw_row(dropout.key.with(static_cast<uint64_t>(ids[b])), 1.0 - dropout.rate, own, s,
             out + b * s.heads * s.longest_query * s.longest_key);
  }
  return multipliers.to(in.query.scalar_type());
}

}  // namespace attune
