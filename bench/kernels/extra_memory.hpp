// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace attune::bench {

/// By how many bytes the process grows at most while `work` runs: the peak of its resident memory less what it held
/// before, free memory of the allocator given back first. Linux only. @throws IoError where the peak cannot be reset
/// (/proc/self/clear_refs).
[[nodiscard]] int64_t extra_memory(const std::function<void()>& work);

}  // namespace attune::bench
