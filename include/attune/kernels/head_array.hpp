// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace attune {

/// [tokens, heads, width] by strides, counted in elements; the last dimension is contiguous.
template <class Element>
struct HeadArray {
  Element* data = nullptr;
  int64_t token_stride = 0;
  int64_t head_stride = 0;
  /// Packed form (none): row b begins at token offsets[b]. Dense form: row b begins at data + b * row_stride, and only
  /// the lengths are taken from the offsets. [B, H, T, D] contiguous is {data, D, T * D, H * T * D}, offsets 0, T, ..
  std::optional<int64_t> row_stride = {};

  /// The vector of `position` in row b; null of an array without data.
  [[nodiscard]] Element* at(const int64_t* offsets, int64_t b, int64_t position, int64_t head) const {
    if (data == nullptr) return nullptr;
    const int64_t row_start = row_stride ? b * *row_stride : offsets[b] * token_stride;
    return data + row_start + position * token_stride + head * head_stride;
  }
};

}  // namespace attune
