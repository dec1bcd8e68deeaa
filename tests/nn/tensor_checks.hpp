// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "attune/ops/tensor.hpp"
#include "support/message_of.hpp"

namespace attune {

/// [n] double.
[[nodiscard]] Tensor numbers(const std::vector<double>& values);
/// [n] int64.
[[nodiscard]] Tensor whole_numbers(const std::vector<int64_t>& values);

/// Same shape, not empty, and no element further apart than `tolerance`; the worst index is told.
[[nodiscard]] ::testing::AssertionResult close_to(const Tensor& actual, const Tensor& expected, double tolerance);
/// Same shape, not empty, same numbers to the last bit.
[[nodiscard]] ::testing::AssertionResult same_bits(const Tensor& actual, const Tensor& expected);
[[nodiscard]] ::testing::AssertionResult all_finite(const Tensor& tensor);

using testing::message_of;

}  // namespace attune
