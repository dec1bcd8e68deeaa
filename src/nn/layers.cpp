// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/layers.hpp"

#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune {

Linear::Linear(const ParameterScope& scope, int64_t in, int64_t out, bool bias)
    : weight_(scope.add("weight", {out, in}, Init::kXavier)) {
  if (bias) bias_ = scope.add("bias", {out}, Init::kZeros);
}

Tensor Linear::operator()(const Tensor& x) const { return at::linear(x, weight_, bias_); }
Tensor Linear::without_bias(const Tensor& x) const { return at::linear(x, weight_); }

LayerNorm::LayerNorm(const ParameterScope& scope, int64_t width)
    : weight_(scope.add("weight", {width}, Init::kOnes)), bias_(scope.add("bias", {width}, Init::kZeros)) {}

Tensor LayerNorm::operator()(const Tensor& x) const { return at::layer_norm(x, weight_.sizes(), weight_, bias_); }

const std::vector<std::string>& activations() {
  static const std::vector<std::string> names = {"relu", "gelu", "tanh", "none"};
  return names;
}

Tensor activate(const std::string& name, const Tensor& x) {
  if (name == "relu") return x.relu();
  if (name == "gelu") return at::gelu(x);
  if (name == "tanh") return x.tanh();
  if (name == "none") return x;
  throw UsageError("unknown activation \"" + name + "\"" + suggestion(name, activations()));
}

}  // namespace attune
