// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace attune {

inline constexpr size_t kBlocksOfGroup = 16;
inline constexpr size_t kElementsOfGroup = kBlocksOfGroup * 8;  // 128 random bits of a block, 16 for each element

struct Dropout {
  uint64_t state;      ///< the key
  uint32_t threshold;  ///< of 65536: an element is kept when its 16 bits are below
  float scale;
};

/// Writes the elements of groups first .. first + count - 1. The same bits from each, at different speed.
using FillGroups = void (*)(const Dropout& dropout, uint64_t first, uint64_t count, float* out);
void fill_groups_baseline(const Dropout& dropout, uint64_t first, uint64_t count, float* out);
#if defined(__x86_64__)
void fill_groups_avx2(const Dropout& dropout, uint64_t first, uint64_t count, float* out);
void fill_groups_avx512(const Dropout& dropout, uint64_t first, uint64_t count, float* out);
#endif

}  // namespace attune
