// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/parameters.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune {
namespace {

/// Draws in double and rounds, so that float and double networks begin alike.
template <class Draw>
Tensor drawn(const std::vector<int64_t>& shape, Draw draw) {
  auto tensor = at::empty(shape, at::TensorOptions(at::kDouble));
  auto* out = tensor.mutable_data_ptr<double>();
  for (int64_t i = 0; i < tensor.numel(); ++i) out[i] = draw(static_cast<uint64_t>(i));
  return tensor;
}

/// fan_out and fan_in of [out, in] and, per head, of [H, out, in].
double xavier_bound(const std::vector<int64_t>& shape) {
  const auto fan_in = shape.back(), fan_out = shape.size() > 1 ? shape[shape.size() - 2] : 1;
  return std::sqrt(6.0 / static_cast<double>(fan_in + fan_out));
}

Tensor initial_value(const std::vector<int64_t>& shape, Init init, RandomKey key) {
  const auto options = at::TensorOptions(at::kDouble);
  switch (init) {
    case Init::kZeros:
      return at::zeros(shape, options);
    case Init::kOnes:
      return at::ones(shape, options);
    case Init::kXavier: {
      const double bound = xavier_bound(shape);
      return drawn(shape, [=](uint64_t i) { return bound * (2.0 * key.uniform(i) - 1.0); });
    }
    case Init::kEmbedding: {
      const double deviation = 1.0 / std::sqrt(static_cast<double>(shape.back()));
      return drawn(shape, [=](uint64_t i) { return deviation * key.normal(i); });
    }
  }
  throw UsageError("unknown initialisation");
}

/// Refuses sizes that are each allowed but together beyond any machine, before memory is taken.
void check_size(const std::string& name, const std::vector<int64_t>& shape) {
  constexpr double kMostNumbers = 1LL << 33;  // 32 GiB of floats
  double numbers = 1.0;
  for (const int64_t size : shape) numbers *= static_cast<double>(size);
  if (numbers <= kMostNumbers) return;
  throw UsageError("parameter \"" + name + "\": expected at most 2^33 numbers, found " +
                   c10::str(at::IntArrayRef(shape)) + "; make one of the sizes smaller");
}

}  // namespace

ParameterSource drawn_from(RandomKey key, at::ScalarType type) {
  return [=](const std::string& name, const std::vector<int64_t>& shape, Init init) {
    return initial_value(shape, init, key.with(name)).to(type);
  };
}

Tensor Parameters::add(const std::string& name, const std::vector<int64_t>& shape, Init init, bool trained) {
  for (const auto& parameter : parameters_) {
    if (parameter.name == name) throw UsageError("parameter \"" + name + "\" is there already");
  }
  check_size(name, shape);
  auto value = source_(name, shape, init);
  value.set_requires_grad(trained);
  parameters_.push_back({.name = name, .value = value, .decay = init == Init::kXavier, .trained = trained});
  return value;
}

std::vector<Tensor> Parameters::values() const {
  std::vector<Tensor> values;
  for (const auto& parameter : parameters_) values.push_back(parameter.value);
  return values;
}

const Tensor& Parameters::get(std::string_view name) const {
  for (const auto& parameter : parameters_) {
    if (parameter.name == name) return parameter.value;
  }
  std::vector<std::string> names;
  for (const auto& parameter : parameters_) names.push_back(parameter.name);
  throw UsageError("no parameter is called \"" + std::string(name) + "\"" + suggestion(name, names));
}

int64_t Parameters::count() const {
  int64_t count = 0;
  for (const auto& parameter : parameters_) count += parameter.value.numel();
  return count;
}

}  // namespace attune
