// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace attune {

/// softmax of `count` numbers `stride` apart; the greatest is taken off first, so that no exp overflows. Returns
/// ln of the sum of their exponentials. A number that is not finite makes all results not a number.
inline double softmax(const double* in, double* out, int64_t count, int64_t stride) {
  double greatest = in[0], sum = 0;
  for (int64_t i = 1; i < count; ++i) greatest = std::max(greatest, in[i * stride]);
  for (int64_t i = 0; i < count; ++i) {
    sum += out[i * stride] = std::exp(in[i * stride] - greatest);
    sum += 0 * in[i * stride];  // exp alone would take -inf, a score that has overflowed, for a weight of 0
  }
  for (int64_t i = 0; i < count; ++i) out[i * stride] /= sum;
  return greatest + std::log(sum);
}

}  // namespace attune
