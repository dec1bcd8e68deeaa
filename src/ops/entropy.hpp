// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/ops/tensor.hpp"

namespace attune {

/// -sum of w ln w over `dimension`, in nats; 0 ln 0 = 0.
[[nodiscard]] Tensor entropy_of(const Tensor& weights, int64_t dimension);

}  // namespace attune
