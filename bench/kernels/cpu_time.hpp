// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace attune::bench {

/// Watches, from its construction on, what the machine's processors do besides this process.
class OthersWatch {
 public:
  OthersWatch();

  /// Share of all processors' time that others took, what a hypervisor gave away included; in [0, 1]. Counted in ticks
  /// of 1/100 s: of little meaning before some tenths of a second. 0 where /proc/stat cannot be read.
  [[nodiscard]] double share() const;

 private:
  std::chrono::steady_clock::time_point start_;
  double machine_, own_;  // seconds of all processors
};

}  // namespace attune::bench
