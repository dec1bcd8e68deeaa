// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "attune/ops/tensor.hpp"

namespace attune {

/// [N, W] -> [N, reach * W]: for every token the vectors of the tokens from reach / 2 before to reach / 2 after it
/// within its row, zeros beyond the ends. A linear layer on it is a convolution over the row. float32 and float64,
/// on the CPU, differentiable any number of times. @throws UsageError unless `reach` is odd and positive; ShapeError,
/// TypeError.
[[nodiscard]] Tensor gather_neighbours(const Tensor& packed, const Tensor& offsets, int64_t reach);

}  // namespace attune
