// SPDX-License-Identifier: Apache-2.0
#include "gauss_legendre.hpp"

#include <cmath>
#include <numbers>

namespace attune {
namespace {

/// The Legendre polynomial of degree `degree` at x, and its derivative.
struct Legendre {
  double value = 1, slope = 0;
};
Legendre legendre(int64_t degree, double x) {
  double before = 0, value = 1;
  for (int64_t k = 1; k <= degree; ++k) {
    const auto n = static_cast<double>(k);
    const double next = ((2 * n - 1) * x * value - (n - 1) * before) / n;
    before = value, value = next;
  }
  return {value, static_cast<double>(degree) * (x * value - before) / (x * x - 1)};
}

/// The root nearest to `guess`.
double root_near(int64_t degree, double guess) {
  constexpr int kMostSteps = 50;
  constexpr double kNothing = 1e-15;
  for (int step = 0; step < kMostSteps; ++step) {
    const auto here = legendre(degree, guess);
    const double move = here.value / here.slope;
    guess -= move;
    if (std::abs(move) < kNothing) break;
  }
  return guess;
}

}  // namespace

std::vector<QuadratureNode> gauss_legendre(int64_t count) {
  std::vector<QuadratureNode> nodes;
  for (int64_t i = 0; i < count; ++i) {
    const double angle =
        std::numbers::pi * (static_cast<double>(count - i) - 0.25) / (static_cast<double>(count) + 0.5);
    const double root = root_near(count, std::cos(angle));  // from -1 to 1
    const double slope = legendre(count, root).slope;
    nodes.push_back({.at = (1 + root) / 2, .weight = 1 / ((1 - root * root) * slope * slope)});
  }
  return nodes;
}

}  // namespace attune
