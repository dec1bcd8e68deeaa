// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "attune/core/executor.hpp"

namespace attune::bench {

/// Multiply-adds a second (two operations each) that the executor's threads reach together in a loop that touches
/// nothing but registers, with the instruction set that the kernels use; some milliseconds, timed once.
[[nodiscard]] double multiply_add_peak(Executor& executor);

}  // namespace attune::bench
