// SPDX-License-Identifier: Apache-2.0
// Panels: some vectors [count, width] turned over into [width, lanes], so that one load takes a feature of as many
// vectors as there are lanes. Included once per instruction set.
#if defined(ATTUNE_CPU_PANEL_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_PANEL_INL
#undef ATTUNE_CPU_PANEL_INL
#else
#define ATTUNE_CPU_PANEL_INL
#endif

#include <algorithm>
#include <cstdint>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Four features of four vectors, turned over: as many shuffles as numbers, on every instruction set alike.
HWY_INLINE void turn_four(const float* from, int64_t stride, float* panel, int64_t lanes) {
#if HWY_TARGET == HWY_SCALAR
  for (int64_t v = 0; v < 4; ++v) {
    for (int64_t f = 0; f < 4; ++f) panel[f * lanes + v] = from[v * stride + f];
  }
#else
  const hn::FixedTag<float, 4> d;
  const hn::RepartitionToWide<decltype(d)> pairs;
  const auto v0 = hn::LoadU(d, from), v1 = hn::LoadU(d, from + stride);
  const auto v2 = hn::LoadU(d, from + 2 * stride), v3 = hn::LoadU(d, from + 3 * stride);
  const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, v0, v1));
  const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d, v2, v3));
  const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, v0, v1));
  const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, v2, v3));
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23)), d, panel);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23)), d, panel + lanes);
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23)), d, panel + 2 * lanes);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23)), d, panel + 3 * lanes);
#endif
}

/// vectors [count, width], `stride` apart -> panel [width, lanes]; lanes beyond `count` are 0. count <= lanes.
HWY_INLINE void turn_panel(const float* vectors, int64_t stride, int64_t count, int64_t width, int64_t lanes,
                           float* panel) {
  if (count < lanes) {
    for (int64_t f = 0; f < width; ++f) std::fill(panel + f * lanes + count, panel + (f + 1) * lanes, 0.0F);
  }
  int64_t v = 0;
  for (; v + 4 <= count; v += 4) {
    const float* from = vectors + v * stride;
    int64_t f = 0;
    for (; f + 4 <= width; f += 4) turn_four(from + f, stride, panel + f * lanes + v, lanes);
    for (; f < width; ++f) {
      for (int64_t k = 0; k < 4; ++k) panel[f * lanes + v + k] = from[k * stride + f];
    }
  }
  for (; v < count; ++v) {
    for (int64_t f = 0; f < width; ++f) panel[f * lanes + v] = vectors[v * stride + f];
  }
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
