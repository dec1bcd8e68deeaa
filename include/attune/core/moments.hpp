// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

namespace attune {

/// Mean and standard deviation (of the population, divided by n) in one pass, after Welford 1962. In long double, so
/// that finite numbers of any size give finite moments.
class Moments {
 public:
  void add(double value) {
    ++count_;
    const long double from_old_mean = value - mean_;
    mean_ += from_old_mean / static_cast<long double>(count_);
    squares_ += from_old_mean * (value - mean_);
  }
  [[nodiscard]] int64_t count() const { return count_; }
  [[nodiscard]] double mean() const { return static_cast<double>(mean_); }
  /// 0 for equal values, and for none.
  [[nodiscard]] double deviation() const {
    return count_ == 0 ? 0 : static_cast<double>(std::sqrt(squares_ / static_cast<long double>(count_)));
  }

 private:
  int64_t count_ = 0;
  long double mean_ = 0, squares_ = 0;
};

}  // namespace attune
