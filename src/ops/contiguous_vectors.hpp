// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/ops/tensor.hpp"

namespace attune {

/// The tensor [.., W], or a copy where the numbers of a vector do not stand beside each other, as the kernels need it.
[[nodiscard]] inline Tensor with_contiguous_vectors(const Tensor& tensor) {
  return tensor.stride(-1) == 1 || tensor.size(-1) == 1 ? tensor : tensor.contiguous();
}

}  // namespace attune
