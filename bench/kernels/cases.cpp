// SPDX-License-Identifier: Apache-2.0
#include "cases.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace attune::bench {

std::vector<Case> all_cases(bool quick) {
  std::vector<Case> all;
  for (const auto& part :
       {memory_cases, additive_cases, product_cases, ragged_cases, packed_keys_cases, statistics_cases}) {
    for (auto& some : part(quick)) all.push_back(std::move(some));
  }
  return all;
}

Shape sized(const Shape& shape, bool quick) {
  if (!quick) return shape;
  return {shape.B, std::min<int64_t>(shape.H, 2), std::clamp<int64_t>(shape.T / 32, 4, 64), shape.D};
}

std::string text_of(const Shape& shape) {
  const auto heads = shape.H == 1 ? "" : fmt::format(" H{}", shape.H);
  return fmt::format("B{}{} T{} d{}", shape.B, heads, shape.T, shape.D);
}

double pairs(const Shape& shape) { return static_cast<double>(shape.B * shape.H * shape.T * shape.T); }

}  // namespace attune::bench
