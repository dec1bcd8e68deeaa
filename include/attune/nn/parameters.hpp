// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/random.hpp"
#include "attune/ops/tensor.hpp"

namespace attune {

/// How a parameter begins.
enum class Init {
  kZeros,
  kOnes,
  kXavier,     ///< uniform in +-sqrt(6 / (fan_in + fan_out)); Glorot, Bengio 2010
  kEmbedding,  ///< normal with deviation 1 / sqrt(width)
};

/// Where parameters' values come from: drawn, or read from a model file. The result has the shape asked for.
using ParameterSource = std::function<Tensor(const std::string& name, const std::vector<int64_t>& shape, Init init)>;

/// Fresh values. Each depends on the key and the parameter's name alone, so that adding a layer does not change the
/// others.
[[nodiscard]] ParameterSource drawn_from(RandomKey key, at::ScalarType type = at::kFloat);

struct Parameter {
  std::string name;     ///< `block.0.self.query.weight`
  Tensor value;         ///< a leaf that requires gradients when it is trained
  bool decay = true;    ///< takes part in weight decay (matrices do; biases, norms and embeddings do not)
  bool trained = true;  ///< false: frozen, has no gradient, and no optimiser touches it
};

/// The parameters of one network, in the order of construction. Not thread-safe while being filled.
class Parameters {
 public:
  explicit Parameters(ParameterSource source) : source_(std::move(source)) {}

  /// @throws UsageError when the name is taken, or the shape is beyond any machine (checked before memory is taken).
  Tensor add(const std::string& name, const std::vector<int64_t>& shape, Init init, bool trained = true);

  [[nodiscard]] const std::vector<Parameter>& all() const { return parameters_; }
  [[nodiscard]] std::vector<Tensor> values() const;
  /// @throws UsageError when there is none.
  [[nodiscard]] const Tensor& get(std::string_view name) const;
  [[nodiscard]] int64_t count() const;  ///< numbers, not tensors

 private:
  ParameterSource source_;
  std::vector<Parameter> parameters_;
};

/// A prefix for the names of one part's parameters.
class ParameterScope {
 public:
  ParameterScope(Parameters& parameters, std::string name) : parameters_(&parameters), name_(std::move(name)) {}
  [[nodiscard]] ParameterScope in(const std::string& part) const {
    return {*parameters_, name_.empty() ? part : name_ + "." + part};
  }
  Tensor add(const std::string& name, const std::vector<int64_t>& shape, Init init, bool trained = true) const {
    return parameters_->add(in(name).name_, shape, init, trained);
  }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  Parameters* parameters_;
  std::string name_;
};

}  // namespace attune
