// SPDX-License-Identifier: Apache-2.0
//
// Dropout masks. A group is 16 Philox blocks, that is 128 elements of 16 bits each. Element j of a group takes
// block j % 16, half-word j / 16: a fixed map, so that an element's value depends on its index alone, and one for which
// sixteen neighbours lie in sixteen lanes and are stored without any shuffling.
#include <algorithm>
#include <cmath>
#include <string>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "philox_block.hpp"

namespace attune {
namespace {

constexpr size_t kLanes = 16;
constexpr size_t kHalves = 8;
constexpr size_t kGroup = kLanes * kHalves;

struct Dropout {
  uint64_t state;
  uint32_t threshold;  ///< of 65536: an element is kept when its 16 bits are below
  float scale;
};

[[gnu::always_inline]] inline PhiloxBlocks<kLanes> group_bits(uint64_t state, uint64_t group) {
  const uint64_t first_block = group * kLanes;  // a multiple of 16, so that adding a lane never carries
  PhiloxBlocks<kLanes> blocks;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    blocks.words[0][lane] = low_word(first_block) + static_cast<uint32_t>(lane);
    blocks.words[1][lane] = high_word(first_block);
    blocks.words[2][lane] = static_cast<uint32_t>(Stream::kDropout);
    blocks.words[3][lane] = 0;
  }
  blocks.encrypt(low_word(state), high_word(state));
  return blocks;
}

[[gnu::always_inline]] inline void fill_group(const Dropout& dropout, uint64_t group, float* out) {
  const auto blocks = group_bits(dropout.state, group);
  for (size_t half = 0; half < kHalves; ++half) {
    const auto& words = blocks.words[half / 2];
    const unsigned shift = half % 2 == 0 ? 0 : 16;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const uint32_t draw = (words[lane] >> shift) & 0xffffU;
      out[half * kLanes + lane] = draw < dropout.threshold ? dropout.scale : 0.0F;
    }
  }
}

[[gnu::always_inline]] inline void fill_groups_inline(const Dropout& dropout, uint64_t first, uint64_t count,
                                                      float* out) {
  for (uint64_t g = 0; g < count; ++g) fill_group(dropout, first + g, out + g * kGroup);
}

void fill_groups_any(const Dropout& dropout, uint64_t first, uint64_t count, float* out) {
  fill_groups_inline(dropout, first, count, out);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void fill_groups_avx2(const Dropout& dropout, uint64_t first, uint64_t count, float* out) {
  fill_groups_inline(dropout, first, count, out);
}
#endif

/// The same integer operations whatever the instruction set, so the same bits.
void fill_groups(const Dropout& dropout, uint64_t first, uint64_t count, float* out) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return fill_groups_avx2(dropout, first, count, out);
#endif
  fill_groups_any(dropout, first, count, out);
}

/// Elements [begin, begin + size) of one group, for the ragged ends.
void fill_part(const Dropout& dropout, uint64_t group, size_t begin, size_t size, float* out) {
  float whole[kGroup];
  fill_groups(dropout, group, 1, whole);
  std::copy_n(whole + begin, size, out);
}

Dropout dropout_for(uint64_t state, double keep, float scale) {
  if (!(keep > 0 && keep <= 1)) {
    throw UsageError("dropout: the share of elements to keep must be above 0 and at most 1, found " +
                     std::to_string(keep));
  }
  const double threshold = std::max(1.0, std::round(keep * 65536));
  return {state, static_cast<uint32_t>(threshold), scale};
}

}  // namespace

void RandomKey::fill_dropout(std::span<float> out, uint64_t first_element, double keep, float scale) const {
  const auto dropout = dropout_for(state_, keep, scale);
  uint64_t group = first_element / kGroup;
  const size_t offset = first_element % kGroup;
  if (offset > 0) {
    const size_t head = std::min(kGroup - offset, out.size());
    fill_part(dropout, group++, offset, head, out.data());
    out = out.subspan(head);
  }
  const size_t whole_groups = out.size() / kGroup;
  fill_groups(dropout, group, whole_groups, out.data());
  out = out.subspan(whole_groups * kGroup);
  if (!out.empty()) fill_part(dropout, group + whole_groups, 0, out.size(), out.data());
}

}  // namespace attune
