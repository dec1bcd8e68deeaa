// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "dropout_groups.hpp"

namespace attune {
namespace {

FillGroups fastest_fill_groups() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return fill_groups_avx512;
  if (__builtin_cpu_supports("avx2")) return fill_groups_avx2;
#endif
  return fill_groups_baseline;
}

void fill_groups(const Dropout& dropout, uint64_t first, uint64_t count, float* out) {
  static const FillGroups fastest = fastest_fill_groups();
  fastest(dropout, first, count, out);
}

/// Elements [begin, begin + size) of one group, for the ragged ends.
void fill_part(const Dropout& dropout, uint64_t group, size_t begin, size_t size, float* out) {
  std::array<float, kElementsOfGroup> whole;
  fill_groups(dropout, group, 1, whole.data());
  std::copy_n(whole.data() + begin, size, out);
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
  uint64_t group = first_element / kElementsOfGroup;
  const size_t offset = first_element % kElementsOfGroup;
  if (offset > 0) {
    const size_t head = std::min(kElementsOfGroup - offset, out.size());
    fill_part(dropout, group++, offset, head, out.data());
    out = out.subspan(head);
  }
  const size_t whole_groups = out.size() / kElementsOfGroup;
  fill_groups(dropout, group, whole_groups, out.data());
  out = out.subspan(whole_groups * kElementsOfGroup);
  if (!out.empty()) fill_part(dropout, group + whole_groups, 0, out.size(), out.data());
}

}  // namespace attune
