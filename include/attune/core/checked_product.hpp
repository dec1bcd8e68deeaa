// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace attune {

/// The most numbers of one array that is computed with: what is counted along with them (bytes, multiply-adds of a
/// width) stays within 64 bits.
inline constexpr int64_t kMostNumbers = int64_t{1} << 48;

/// Whether an array of these sizes, none below 0, has at most kMostNumbers numbers.
[[nodiscard]] inline bool is_countable(std::span<const int64_t> sizes) {
  int64_t product = 1;
  bool fits = true;
  for (const int64_t size : sizes) fits = !__builtin_mul_overflow(product, size, &product) && fits;
  return fits && product <= kMostNumbers;
}

}  // namespace attune
