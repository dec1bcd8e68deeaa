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

/// At least `count` floats that are this thread's until its next call; they are kept from call to call, for small work
/// would feel an allocation, but for more than a few megabytes. @throws std::bad_alloc.
[[nodiscard]] float* thread_scratch(int64_t count);

}  // namespace attune::cpu
