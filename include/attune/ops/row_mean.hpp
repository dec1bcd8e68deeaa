// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/ops/tensor.hpp"

namespace attune {

/// [N, W] -> [B, W]: the mean of each row's tokens, 0 for a row without any. Read as it is packed, in one pass, added
/// in token order. float32 and float64, on the CPU; differentiable any number of times. @throws ShapeError, TypeError.
[[nodiscard]] Tensor row_mean(const Tensor& packed, const Tensor& offsets);

}  // namespace attune
