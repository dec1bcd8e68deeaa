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
  /// One that is up when `share` of what is left now is over.
  [[nodiscard]] TimeLimit part(double share) const {
    auto sooner = *this;
    if (exists())
      sooner.begun_ -=
          std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>((1 - share) * seconds_left()));
    return sooner;
  }
  /// Whether all that is left is needed for what is still to come.
  /// @param seconds_to_come as far as it is measured
  [[nodiscard]] bool is_up(double seconds_to_come) const { return seconds_left() <= kMargin * seconds_to_come + kRest; }

 private:
  // Machines do not always run at one speed.
  static constexpr double kMargin = 1.5;
  // Seconds, for what is not measured: the program's start and end, fitting temperatures.
  static constexpr double kRest = 0.5;

  double seconds_ = 0;
  Clock::time_point begun_;
};

}  // namespace attune
