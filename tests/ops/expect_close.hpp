// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/ops/tensor.hpp"

namespace attune::testing {

/// The greatest difference; infinite where one is not finite and the other is not the same.
double greatest_error(const Tensor& actual, const Tensor& expected);

/// Same shape, not undefined, and no difference above `tolerance`; else a failure
/// that names the worst index. Infinities must be the same, NaN is never right.
void expect_close(const std::string& name, const Tensor& actual, const Tensor& expected, double tolerance);

/// Every element bit for bit.
void expect_same(const std::string& name, const Tensor& actual, const Tensor& expected);

}  // namespace attune::testing
