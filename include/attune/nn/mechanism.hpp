// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attune/nn/parameters.hpp"
#include "attune/nn/specs.hpp"
#include "attune/ops/attention.hpp"
#include "attune/ops/keys.hpp"

namespace attune {

/// A position-allocating mechanism with its own parameters: what stands between projected heads and an Allocation.
class Mechanism {
 public:
  virtual ~Mechanism() = default;
  [[nodiscard]] virtual Allocation allocate(const AttentionInputs& in, const AttentionOptions& options) const = 0;
  /// Keys that allocate() will be called with again and again, packed for its kernels (attune/ops/keys.hpp); those of a
  /// mechanism that has nothing to pack stay as they are.
  [[nodiscard]] virtual Keys pack(const Keys& keys, Executor* /*executor*/ = nullptr) const { return keys; }
};

/// The names that `make_mechanism` knows. Adding one: a row in the table of src/nn/mechanism.cpp
/// (docs/add-a-mechanism.md).
[[nodiscard]] std::vector<std::string> mechanisms();

/// @throws UsageError for an unknown name, with the nearest one.
[[nodiscard]] std::unique_ptr<const Mechanism> make_mechanism(const AttentionSpec& spec, const ParameterScope& scope);

}  // namespace attune
