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

std::string shape_of(const Tensor& tensor) { return tensor.defined() ? c10::str(tensor.sizes()) : "nothing"; }

/// Heads, width and type must agree.
void check_appendable(const std::string& name, const Tensor& first, const Tensor& second) {
  if (second.dim() != 3 || second.sizes().slice(1) != first.sizes().slice(1)) {
    throw ShapeError("more, " + name + ": expected the heads and width of " + shape_of(first) + ", found " +
                     shape_of(second));
  }
  check_type("more, " + name, second, first, "keys");
}

}  // namespace

Keys prepare(const Tensor& key, const Tensor& value, const Tensor& offsets) {
  if (!key.defined() || key.dim() != 3) throw ShapeError("key: expected [Nk, Hkv, D], found " + shape_of(key));
  if (!value.defined() || value.dim() != 3 || value.sizes().slice(0, 2) != key.sizes().slice(0, 2)) {
    throw ShapeError("value: expected [Nk, Hkv, Dv] with the tokens and heads of key " + c10::str(key.sizes()) +
                     ", found " + shape_of(value));
  }
  check_type("value", value, key, "key");
  (void)offsets_view(offsets, key.size(0));
  return {key, value, offsets};
}

Keys append(const Keys& keys, const Keys& more) {
  check_appendable("key", keys.key, more.key);
  check_appendable("value", keys.value, more.value);
  const auto first = offsets_view(keys.offsets, keys.key.size(0), "keys, offsets");
  const auto second = offsets_view(more.offsets, more.key.size(0), "more, offsets");
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
  if (!rows.defined() || rows.dim() != 1) throw ShapeError("rows: expected [B'], found " + shape_of(rows));
  check_on_cpu("rows", rows);
  if (rows.scalar_type() != at::kLong) {
    throw TypeError(std::string("rows: expected int64, found ") + c10::toString(rows.scalar_type()));
  }
  const auto from = offsets_view(keys.offsets, keys.key.size(0));
  const auto batch = static_cast<int64_t>(from.size()) - 1;
  const auto wanted = rows.contiguous();
  std::vector<std::pair<int64_t, int64_t>> ranges;
  std::vector<int64_t> offsets{0};
  for (int64_t i = 0; i < wanted.size(0); ++i) {
    const int64_t row = wanted.const_data_ptr<int64_t>()[i];
    if (row < 0 || row >= batch) {
      throw UsageError("rows: expected numbers of the " + std::to_string(batch) + " rows, found " +
                       std::to_string(row));
    }
    ranges.emplace_back(from[row], from[row + 1]);
    offsets.push_back(offsets.back() + from[row + 1] - from[row]);
  }
  return take(keys.key, keys.value, ranges, offsets);
}

AttentionInputs attend_to(const Keys& keys, const Tensor& query, const Tensor& query_offsets) {
  return {.query = query,
          .key = keys.key,
          .value = keys.value,
          .query_offsets = query_offsets,
          .key_offsets = keys.offsets,
          .packed_keys = keys.packed};
}

}  // namespace attune
