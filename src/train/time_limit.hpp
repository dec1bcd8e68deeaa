// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <limits>

namespace attune {

/// How long a training may take, tables and writing included.
class TimeLimit {
 public:
  using Clock = std::chrono::steady_clock;

  /// None.
  TimeLimit() = default;
  /// @param minutes 0: none
  TimeLimit(double minutes, Clock::time_point begun) : seconds_(60 * minutes), begun_(begun) {}

  [[nodiscard]] bool exists() const { return seconds_ > 0; }
  /// May be negative; infinite without a limit.
  [[nodiscard]] double seconds_left() const {
    if (!exists()) return std::numeric_limits<double>::infinity();
    return seconds_ - std::chrono::duration<double>(Clock::now() - begun_).count();
  }

 private:
  double seconds_ = 0;
  Clock::time_point begun_;
};

}  // namespace attune
