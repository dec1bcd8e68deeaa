// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/mechanism.hpp"

#include <array>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune {
namespace {

class Additive : public Mechanism {
 public:
  Additive(const AttentionSpec& spec, const ParameterScope& scope)
      : u_(scope.add("u", {spec.heads, spec.key_width}, Init::kXavier)) {}
  Allocation allocate(const AttentionInputs& in, const AttentionOptions& options) const override {
    return additive_attention(in, u_, options);
  }
  Keys pack(const Keys& keys, Executor* executor) const override { return pack_for_additive(keys, u_, executor); }

 private:
  Tensor u_;  // [H, A]
};

class Dot : public Mechanism {
 public:
  Dot(const AttentionSpec&, const ParameterScope&) {}
  Allocation allocate(const AttentionInputs& in, const AttentionOptions& options) const override {
    return dot_attention(in, options);
  }
  Keys pack(const Keys& keys, Executor* executor) const override { return pack_for_products(keys, executor); }
};

class Multiplicative : public Mechanism {
 public:
  Multiplicative(const AttentionSpec& spec, const ParameterScope& scope)
      : w_(scope.add("w", {spec.heads, spec.key_width, spec.key_width}, Init::kXavier)) {}
  Allocation allocate(const AttentionInputs& in, const AttentionOptions& options) const override {
    return multiplicative_attention(in, w_, options);
  }
  Keys pack(const Keys& keys, Executor* executor) const override { return pack_for_products(keys, executor); }

 private:
  Tensor w_;  // [H, D, D]
};

class ScaledDot : public Mechanism {
 public:
  ScaledDot(const AttentionSpec&, const ParameterScope&) {}
  Allocation allocate(const AttentionInputs& in, const AttentionOptions& options) const override {
    return scaled_dot_attention(in, {}, options);
  }
  Keys pack(const Keys& keys, Executor* executor) const override { return pack_for_products(keys, executor); }
};

using Make = std::unique_ptr<const Mechanism> (*)(const AttentionSpec&, const ParameterScope&);

template <class M>
std::unique_ptr<const Mechanism> make(const AttentionSpec& spec, const ParameterScope& scope) {
  return std::make_unique<M>(spec, scope);
}

struct Entry {
  const char* name;
  Make make;
};

// A new mechanism is a row here.
constexpr std::array kMechanisms = {
    Entry{"additive", make<Additive>},
    Entry{"dot", make<Dot>},
    Entry{"multiplicative", make<Multiplicative>},
    Entry{"scaled_dot", make<ScaledDot>},
};

}  // namespace

std::vector<std::string> mechanisms() {
  std::vector<std::string> names;
  for (const auto& entry : kMechanisms) names.emplace_back(entry.name);
  return names;
}

std::unique_ptr<const Mechanism> make_mechanism(const AttentionSpec& spec, const ParameterScope& scope) {
  for (const auto& entry : kMechanisms) {
    if (spec.mechanism == entry.name) return entry.make(spec, scope);
  }
  throw UsageError(scope.name() + ": unknown mechanism \"" + spec.mechanism + "\"" +
                   suggestion(spec.mechanism, mechanisms()));
}

}  // namespace attune
