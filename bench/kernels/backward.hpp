// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "arrays.hpp"
#include "contest.hpp"

namespace attune::bench {

/// A contestant that attends and has LibTorch's autograd give the gradients of sum(context * d_context).
[[nodiscard]] Contestant with_backward(const Arrays& arrays, const std::function<Tensor(const Arrays&)>& attend);

}  // namespace attune::bench
