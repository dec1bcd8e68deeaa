// SPDX-License-Identifier: Apache-2.0
#include "entropy.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/xlogy.h>

namespace attune {

Tensor entropy_of(const Tensor& weights, int64_t dimension) {
  return 0.0 - at::xlogy(weights, weights).sum(dimension);  // a difference: neg() would say -0 where all is certain
}

}  // namespace attune
