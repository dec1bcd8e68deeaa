// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace attune::testing {

/// Compares `gradient` with (loss(x + h) - loss(x - h)) / 2h at `places`, the numbers it belongs to, in the same order:
/// all of them, or, where there are many, some `kMost` spread evenly with the first and the last among them.
///
/// Relative error at most 1e-7 of the array's greatest gradient, or as given. In double with h = 1e-5 and a loss near
/// 1, truncation (h^2) and rounding (1e-16 / h) are both near 1e-11; the floor keeps arrays whose gradient vanishes
/// comparable.
inline void expect_central_differences(const std::string& name, const std::vector<double>& gradient,
                                       const std::vector<double*>& places, const std::function<double()>& loss,
                                       double relative_error = 1e-7) {
  constexpr double kStep = 1e-5, kFloor = 1e-2;
  constexpr size_t kMost = 48;
  ASSERT_EQ(gradient.size(), places.size()) << name;
  ASSERT_FALSE(gradient.empty()) << name;

  double greatest = kFloor;
  for (const double number : gradient) greatest = std::max(greatest, std::abs(number));
  const size_t count = std::min(places.size(), kMost);
  for (size_t n = 0; n < count; ++n) {
    const size_t index = count == 1 ? 0 : n * (places.size() - 1) / (count - 1);
    const double kept = *places[index];
    *places[index] = kept + kStep;
    const double above = loss();
    *places[index] = kept - kStep;
    const double below = loss();
    *places[index] = kept;
    ASSERT_NEAR(gradient[index], (above - below) / (2 * kStep), relative_error * greatest)
        << name << " at index " << index << " of " << places.size();
  }
}

}  // namespace attune::testing
