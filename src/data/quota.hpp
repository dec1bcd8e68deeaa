// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "attune/core/random.hpp"

namespace attune {

struct Quota {
  std::vector<int64_t> taken;  ///< of each class
  int64_t missing = 0;         ///< what could not be taken
};

/// Shares `wanted` rows out among classes of the given sizes in proportion, by largest remainder (ties by draw), so
/// that the sum is met. A class keeps one row back, unless `take_last` is set and nothing else is left to take.
[[nodiscard]] Quota share_largest_remainder(int64_t wanted, const std::vector<int64_t>& sizes, bool take_last,
                                            RandomKey key);

}  // namespace attune
