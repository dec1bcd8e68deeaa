// SPDX-License-Identifier: Apache-2.0
#include "cases.hpp"
#include "contestants.hpp"

namespace attune::bench {
namespace {

Case with_statistics(const std::string& kind, const Shape& shape, double work, Arrays (*arrays_of)(const Shape&)) {
  return {.name = kind + " forward with entropy and log-sum-exp, " + text_of(shape),
          .peer = Peer::kOwn,
          .peer_name = "own, without them",
          .at_least = 1 / 1.03,
          .multiply_adds = pairs(shape) * work,
          .prepare = [shape, arrays_of](const Arena& arena) {
            const auto arrays = arrays_of(shape);
            return std::make_unique<Contest>(Contest{our_kernel(arrays, arena, true), our_kernel(arrays, arena)});
          }};
}

}  // namespace

std::vector<Case> statistics_cases(bool quick) {
  const auto additive = sized({8, 1, 512, 64}, quick), product = sized({1, 8, 1024, 64}, quick);
  return {with_statistics("additive", additive, additive_work(static_cast<double>(additive.D)), additive_arrays),
          with_statistics("scaled dot product", product, product_work(static_cast<double>(product.D)), product_arrays)};
}

}  // namespace attune::bench
