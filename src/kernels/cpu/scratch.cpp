// SPDX-License-Identifier: Apache-2.0
#include "cpu/scratch.hpp"

#include <array>
#include <limits>
#include <new>

namespace attune::cpu {
namespace {

constexpr int64_t kCacheLine = 64;               // bytes
constexpr int64_t kMostKept = int64_t{1} << 20;  // floats

struct Held {
  AlignedFloats floats;
  int64_t size = 0;
};

}  // namespace

AlignedFloats allocate_floats(int64_t count) {
  constexpr auto kMost = (std::numeric_limits<int64_t>::max() - kCacheLine) / static_cast<int64_t>(sizeof(float));
  if (count < 0 || count > kMost) throw std::bad_alloc();
  const auto bytes = (count * static_cast<int64_t>(sizeof(float)) + kCacheLine - 1) / kCacheLine * kCacheLine;
  auto* floats =
      static_cast<float*>(std::aligned_alloc(kCacheLine, static_cast<size_t>(bytes > 0 ? bytes : kCacheLine)));
  if (floats == nullptr) throw std::bad_alloc();
  return AlignedFloats(floats);
}

float* thread_scratch(ScratchUse use, int64_t count) {
  thread_local std::array<Held, 2> helds;
  auto& held = helds[static_cast<size_t>(use)];
  if (held.size < count || (held.size > kMostKept && count <= kMostKept)) {
    held = {};
    held.floats = allocate_floats(count);
    held.size = count;
  }
  return held.floats.get();
}

}  // namespace attune::cpu
