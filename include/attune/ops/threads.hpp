// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "attune/core/executor.hpp"

namespace attune {

/// An executor whose threads, and the calling one, run LibTorch single-threaded and flush denormal numbers to zero:
/// work is parallel by task, so that the number of threads never changes a bit of a result.
/// @param threads at least 1; 0: as many as the processor has.
[[nodiscard]] std::unique_ptr<Executor> make_executor(int threads);

}  // namespace attune
