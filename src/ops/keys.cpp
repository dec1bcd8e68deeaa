// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/keys.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include <string>
#include <vector>

#include "attention_checks.hpp"
#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"

namespace attune {
namespace {

/// Token numbers of the ranges [first, last), one after another.
Tensor token_index(const std::vector<std::pair<int64_t, int64_t>>& ranges, int64_t total) {
  auto index = at::empty({total}, at::TensorOptions(at::kLong));
  auto* next = index.mutable_data_ptr<int64_t>();
  for (const auto& [first, last] : ranges) {
    for (int64_t token = first; token < last; ++token) *next++ = token;
  }
  return index;
}

Keys take(const Tensor& key, const Tensor& value, const std::vector<std::pair<int64_t, int64_t>>& ranges,
          const std::vector<int64_t>& offsets) {
  const auto index = token_index(ranges, offsets.back());
  return {key.index_select(0, index), value.index_select(0, index), make_offsets(offsets)};
}

}  // namespace

Keys prepare(const Tensor& key, const Tensor& value, const Tensor& offsets) {
  if (key.dim() != 3) throw ShapeError("key: expected [Nk, Hkv, D], found " + c10::str(key.sizes()));
  if (value.dim() != 3 || value.sizes().slice(0, 2) != key.sizes().slice(0, 2)) {
    throw ShapeError("value: expected [Nk, Hkv, Dv] with the tokens and heads of key " + c10::str(key.sizes()) + ", found " +
                     c10::str(value.sizes()));
  }
  (void)offsets_view(offsets, key.size(0));
  return {key, value, offsets};
}

Keys append(const Keys& keys, const Keys& more) {
  const auto first = offsets_view(keys.offsets, keys.key.size(0)), second = offsets_view(more.offsets, more.key.size(0));
  if (first.size() != second.size()) {
    throw ShapeError("more: expected " + std::to_string(first.size() - 1) + " rows as keys, found " +
                     std::to_string(second.size() - 1));
  }
  std::vector<std::pair<int64_t, int64_t>> ranges;
  std::vector<int64_t> offsets{0};
  for (size_t b = 0; b + 1 < first.size(); ++b) {
    ranges.emplace_back(first[b], first[b + 1]);
    ranges.emplace_back(first.back() + second[b], first.back() + second[b + 1]);
    offsets.push_back(first[b + 1] + second[b + 1]);
  }
  return take(at::cat({keys.key, more.key}), at::cat({keys.value, more.value}), ranges, offsets);
}

Keys reorder(const Keys& keys, const Tensor& rows) {
  if (rows.dim() != 1 || rows.scalar_type() != at::kLong) throw ShapeError("rows: expected int64 [B'], found " + c10::str(rows.sizes()));
  const auto from = offsets_view(keys.offsets, keys.key.size(0));
  const auto batch = static_cast<int64_t>(from.size()) - 1;
  const auto wanted = rows.contiguous();
  std::vector<std::pair<int64_t, int64_t>> ranges;
  std::vector<int64_t> offsets{0};
  for (int64_t i = 0; i < wanted.size(0); ++i) {
    const int64_t row = wanted.const_data_ptr<int64_t>()[i];
    if (row < 0 || row >= batch) {
      throw UsageError("rows: expected row numbers from 0 to " + std::to_string(batch - 1) + ", found " + std::to_string(row));
    }
    ranges.emplace_back(from[row], from[row + 1]);
    offsets.push_back(offsets.back() + from[row + 1] - from[row]);
  }
  return take(keys.key, keys.value, ranges, offsets);
}

AttentionInputs attend_to(const Keys& keys, const Tensor& query, const Tensor& query_offsets) {
  return {.query = query, .key = keys.key, .value = keys.value, .query_offsets = query_offsets, .key_offsets = keys.offsets};
}

}  // namespace attune
