// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/nn/parameters.hpp"

namespace attune {

/// y = x W^T + b for x [.., in].
class Linear {
 public:
  Linear(const ParameterScope& scope, int64_t in, int64_t out, bool bias = true);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;
  [[nodiscard]] Tensor without_bias(const Tensor& x) const;

 private:
  Tensor weight_, bias_;  // [out, in], [out]
};

/// Layer normalisation over the last dimension. Ba, Kiros, Hinton 2016, arXiv:1607.06450.
class LayerNorm {
 public:
  LayerNorm(const ParameterScope& scope, int64_t width);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Tensor weight_, bias_;  // [width]
};

/// The names that `activate` knows.
[[nodiscard]] const std::vector<std::string>& activations();
/// relu, gelu, tanh, none.
[[nodiscard]] Tensor activate(const std::string& name, const Tensor& x);

}  // namespace attune
