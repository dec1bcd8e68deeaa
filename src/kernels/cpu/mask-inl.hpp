// SPDX-License-Identifier: Apache-2.0
// -infinity onto the scores of pairs that may not attend. Included once per instruction set.
#if defined(ATTUNE_CPU_MASK_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_MASK_INL
#undef ATTUNE_CPU_MASK_INL
#else
#define ATTUNE_CPU_MASK_INL
#endif

#include <hwy/highway.h>
#include "cpu/row.hpp"
#include "cpu/softmax-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Scores of some queries and keys of a row.
struct Tile {
  int64_t first_query, queries, first_key, keys;
  float* scores;   ///< [queries, stride]
  int64_t stride;  ///< a multiple of the lanes, and at least `padded_keys()`

  /// Columns that hold something: the keys and what fills up their last vector.
  [[nodiscard]] int64_t padded_keys() const {
    const auto lanes = static_cast<int64_t>(hn::Lanes(Lanes()));
    return (keys + lanes - 1) / lanes * lanes;
  }
};

/// Sets to `value` what may not be attended to, and what fills up.
HWY_INLINE void forbid(const Allowed& allowed, const Tile& tile, float value) {
  const int64_t padded = tile.padded_keys();
  const bool all_open = allowed.first_keys(tile.first_query) >= tile.first_key + tile.keys;  // to the others as well
  if (all_open && padded == tile.keys && !allowed.has_mask()) return;
  for (int64_t i = 0; i < tile.queries; ++i) {
    float* scores = tile.scores + i * tile.stride;
    const int64_t first_keys = allowed.first_keys(tile.first_query + i) - tile.first_key;
    const int64_t open = std::clamp<int64_t>(first_keys, 0, tile.keys);
    if (allowed.has_mask()) {
      for (int64_t j = 0; j < open; ++j) {
        if (!allowed.mask_at(tile.first_query + i, tile.first_key + j)) scores[j] = value;
      }
    }
    std::fill(scores + open, scores + padded, value);
  }
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
