// SPDX-License-Identifier: Apache-2.0
#include "tanh_table.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace attune::cpu {
namespace {

constexpr int kCount = TanhTable::kDegree + 1;
using Coefficients = std::array<double, kCount>;

/// Of tanh(x0 + t / 2 / kSegmentsAUnit), t in [-1, 1], in Chebyshev's polynomials.
Coefficients chebyshev_series(double x0) {
  Coefficients series{};
  for (int i = 0; i < kCount; ++i) {
    const double angle = std::numbers::pi * (i + 0.5) / kCount;
    const double y = std::tanh(x0 + 0.5 * std::cos(angle) / TanhTable::kSegmentsAUnit);
    for (int k = 0; k < kCount; ++k) series[static_cast<size_t>(k)] += 2.0 / kCount * y * std::cos(k * angle);
  }
  series[0] /= 2;
  return series;
}

/// The same in powers of t: T2 = 2 t^2 - 1, T3 = 4 t^3 - 3 t, T4 = 8 t^4 - 8 t^2 + 1.
Coefficients in_powers(const Coefficients& c) {
  return {c[0] - c[2] + c[4], c[1] - 3 * c[3], 2 * c[2] - 8 * c[4], 4 * c[3], 8 * c[4]};
}

TanhTable make_table() {
  TanhTable table{};
  for (int segment = 0; segment < TanhTable::kSegments; ++segment) {
    const bool is_last = segment == TanhTable::kSegments - 1;
    const auto powers = is_last ? Coefficients{1} : in_powers(chebyshev_series(segment / TanhTable::kSegmentsAUnit));
    for (int k = 0; k < kCount; ++k)
      table.coefficients[k][segment] = static_cast<float>(std::ldexp(powers[static_cast<size_t>(k)], k));
  }
  return table;
}

}  // namespace

const TanhTable& tanh_table() {
  static const TanhTable table = make_table();
  return table;
}

}  // namespace attune::cpu
