// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace attune {

struct QuadratureNode {
  double at = 0, weight = 0;
};

/// The nodes that integrate polynomials of degree 2 * count - 1 from 0 to 1 exactly, ascending: roots of the Legendre
/// polynomial, by Newton's method from Tricomi's approximation (Press et al., "Numerical Recipes", section 4.6).
[[nodiscard]] std::vector<QuadratureNode> gauss_legendre(int64_t count);

}  // namespace attune
