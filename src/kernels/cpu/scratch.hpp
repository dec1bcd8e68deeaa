// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace attune::cpu {

struct FreeFloats {
  void operator()(float* floats) const { std::free(floats); }
};
/// Floats at the beginning of a cache line, not initialised.
using AlignedFloats = std::unique_ptr<float[], FreeFloats>;

/// @throws std::bad_alloc.
[[nodiscard]] AlignedFloats allocate_floats(int64_t count);

/// A thread has one of each at a time.
enum class ScratchUse {
  kTile,  ///< of a piece of work
  kCall,  ///< of the whole call, in the thread that made it, while that does pieces of work as well
};

/// At least `count` floats that are this thread's until its next call for the same use; they are kept from call to
/// call, since small work would feel an allocation and large work the page faults. More than a few megabytes are given
/// back by the thread's next call that needs fewer.
/// @throws std::bad_alloc.
[[nodiscard]] float* thread_scratch(ScratchUse use, int64_t count);

}  // namespace attune::cpu
