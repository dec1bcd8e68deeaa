// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace attune::cpu {

/// tanh for x >= 0 in segments: around the middle x0 of each, a polynomial in (x - x0) * kSegmentsAUnit that
/// interpolates it at Chebyshev's points, to 7e-7. The last segment is 1.
struct TanhTable {
  static constexpr int kSegments = 32, kDegree = 4;
  static constexpr float kSegmentsAUnit = (kSegments - 1) / 9.1F;  // tanh(9.1) is 1 in float32

  alignas(64) float coefficients[kDegree + 1][kSegments];
};

[[nodiscard]] const TanhTable& tanh_table();

}  // namespace attune::cpu
