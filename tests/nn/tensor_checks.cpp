// SPDX-License-Identifier: Apache-2.0
#include "tensor_checks.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/tensor.h>

namespace attune {
namespace {

::testing::AssertionResult comparable(const Tensor& actual, const Tensor& expected) {
  if (!actual.defined() || !expected.defined()) return ::testing::AssertionFailure() << "undefined";
  if (actual.sizes() != expected.sizes()) {
    return ::testing::AssertionFailure() << "shapes " << actual.sizes() << " and " << expected.sizes();
  }
  if (actual.numel() == 0) return ::testing::AssertionFailure() << "empty, nothing to compare";
  return ::testing::AssertionSuccess();
}

}  // namespace

Tensor numbers(const std::vector<double>& values) { return at::tensor(values, at::TensorOptions(at::kDouble)); }
Tensor whole_numbers(const std::vector<int64_t>& values) { return at::tensor(values, at::TensorOptions(at::kLong)); }

::testing::AssertionResult close_to(const Tensor& actual, const Tensor& expected, double tolerance) {
  if (const auto shapes = comparable(actual, expected); !shapes) return shapes;
  const auto distance = (actual.detach().to(at::kDouble) - expected.detach().to(at::kDouble)).abs().flatten();
  const auto worst = distance.argmax().item<int64_t>();  // NaN counts as the largest
  const auto largest = distance[worst].item<double>();
  if (largest <= tolerance) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "element " << worst << " of " << actual.sizes() << ": "
                                       << actual.flatten()[worst].item<double>() << ", expected "
                                       << expected.flatten()[worst].item<double>() << " (distance " << largest << ")";
}

::testing::AssertionResult same_bits(const Tensor& actual, const Tensor& expected) {
  if (const auto shapes = comparable(actual, expected); !shapes) return shapes;
  if (at::equal(actual, expected)) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "largest distance " << (actual.to(at::kDouble) - expected.to(at::kDouble)).abs().max().item<double>();
}

::testing::AssertionResult all_finite(const Tensor& tensor) {
  if (tensor.numel() == 0) return ::testing::AssertionFailure() << "empty, nothing to check";
  if (at::isfinite(tensor).all().item<bool>()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "not finite somewhere";
}

}  // namespace attune
