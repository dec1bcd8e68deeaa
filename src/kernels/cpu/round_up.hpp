// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace attune::cpu {

constexpr int64_t kAlignment = 16;  ///< floats: a cache line, and the widest vector

[[nodiscard]] constexpr int64_t round_up(int64_t count, int64_t to) { return (count + to - 1) / to * to; }

}  // namespace attune::cpu
