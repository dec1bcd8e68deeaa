// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace attune {

/// How many of a row's tokens each of kErasedShares is: rounded up, ascending.
[[nodiscard]] std::vector<int64_t> erased_counts(int64_t tokens);

}  // namespace attune
