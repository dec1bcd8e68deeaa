// SPDX-License-Identifier: Apache-2.0
#include "expect_close.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

namespace attune::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor errors(const Tensor& actual, const Tensor& expected) {
  const auto a = actual.detach().to(at::kDouble), e = expected.detach().to(at::kDouble);
  const auto difference = (a - e).abs().nan_to_num(kInfinity, kInfinity);
  return difference.masked_fill(a.eq(e), 0.0);  // equal infinities
}

std::string index_in(at::IntArrayRef sizes, int64_t place) {
  std::vector<int64_t> index(sizes.size());
  for (size_t d = sizes.size(); d-- > 0;) {
    index[d] = place % sizes[d];
    place /= sizes[d];
  }
  std::ostringstream text;
  text << at::IntArrayRef(index) << " of " << sizes;
  return text.str();
}

bool same_shape(const std::string& name, const Tensor& actual, const Tensor& expected) {
  EXPECT_TRUE(actual.defined()) << name;
  EXPECT_TRUE(expected.defined()) << name;
  if (!actual.defined() || !expected.defined()) return false;
  EXPECT_EQ(actual.sizes(), expected.sizes()) << name;
  return actual.sizes() == expected.sizes();
}

}  // namespace

double greatest_error(const Tensor& actual, const Tensor& expected) {
  return actual.numel() == 0 ? 0.0 : errors(actual, expected).max().item<double>();
}

void expect_close(const std::string& name, const Tensor& actual, const Tensor& expected, double tolerance) {
  if (!same_shape(name, actual, expected) || actual.numel() == 0) return;
  const auto error = errors(actual, expected).flatten();
  const int64_t worst = error.argmax().item<int64_t>();
  EXPECT_LE(error[worst].item<double>(), tolerance)
      << name << " at " << index_in(actual.sizes(), worst) << ": " << actual.flatten()[worst].item<double>()
      << ", expected " << expected.flatten()[worst].item<double>();
}

void expect_same(const std::string& name, const Tensor& actual, const Tensor& expected) {
  if (!same_shape(name, actual, expected)) return;
  EXPECT_EQ(actual.scalar_type(), expected.scalar_type()) << name;
  if (at::equal(actual, expected)) return;
  expect_close(name, actual, expected, 0.0);
  ADD_FAILURE() << name << ": not the same bits";
}

}  // namespace attune::testing
