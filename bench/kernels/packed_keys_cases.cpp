// SPDX-License-Identifier: Apache-2.0
//
// A memory that many calls with one query a row attend to, as a decoder does: its keys are packed once, or in each
// call.
#include <fmt/format.h>

#include "cases.hpp"
#include "contestants.hpp"

namespace attune::bench {
namespace {

std::string name_of(const std::string& kind, const Shape& shape) {
  const auto heads = shape.H == 1 ? "" : fmt::format(" H{}", shape.H);
  return fmt::format("{} forward, one query a row, B{}{} Tk{} d{}, keys packed before", kind, shape.B, heads, shape.T,
                     shape.D);
}

/// The first query of each row.
Arrays one_query(Arrays arrays) {
  arrays.query = arrays.query.narrow(2, 0, 1).contiguous();
  return arrays;
}

Case over_packing(const std::string& kind, const Shape& shape, double work, Arrays (*arrays_of)(const Shape&)) {
  return {.name = name_of(kind, shape),
          .peer = Peer::kOwn,
          .peer_name = "own, packing in the call",
          .at_least = {},
          .multiply_adds = pairs(shape) / static_cast<double>(shape.T) * work,
          .prepare = [shape, arrays_of](const Arena& arena) {
            const auto arrays = one_query(arrays_of(shape));
            return std::make_unique<Contest>(
                Contest{our_kernel_with_packed_keys(arrays, arena), our_kernel(arrays, arena)});
          }};
}

}  // namespace

std::vector<Case> packed_keys_cases(bool quick) {
  const auto additive = sized({32, 1, 512, 256}, quick), product = sized({32, 8, 512, 64}, quick);
  return {over_packing("additive", additive, additive_work(static_cast<double>(additive.D)), additive_arrays),
          over_packing("scaled dot product", product, product_work(static_cast<double>(product.D)), product_arrays)};
}

}  // namespace attune::bench
