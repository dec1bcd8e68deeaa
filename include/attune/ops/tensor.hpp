// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace attune {

using Tensor = at::Tensor;

}  // namespace attune
