// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/mixer.hpp"

#include <ATen/ops/stack.h>

#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/nn/attention.hpp"
#include "attune/nn/mechanism_fields.hpp"
#include "attune/ops/neighbours.hpp"
#include "split_gate.hpp"

namespace attune {
namespace {

void check_split(const AttentionSpec& spec, const std::string& site) {
  if (spec.causal)
    throw UsageError(site + ": split attention weighs branches at the same token, so it cannot be causal");
  if (const auto fault = fault_of_reaches(spec.reaches); !fault.empty())
    throw UsageError(site + ", field \"reaches\": " + fault);
}

class SelfAttention : public Mixer {
 public:
  SelfAttention(const AttentionSpec& spec, int64_t width, const ParameterScope& scope)
      : attention_(spec, width, width, scope) {}
  Tensor operator()(const Tokens& tokens, const ForwardContext& context) const override {
    return attention_.self(tokens, context);
  }

 private:
  Attention attention_;
};

/// Split attention among convolutions over the row that see 1, 3, 5 .. tokens.
class SplitMixer : public Mixer {
 public:
  SplitMixer(const AttentionSpec& spec, int64_t width, const ParameterScope& scope)
      : reaches_(spec.reaches), gate_(spec, static_cast<int64_t>(spec.reaches.size()), width, scope) {
    for (const int64_t reach : reaches_) {
      branches_.emplace_back(scope.in("reach_" + std::to_string(reach)), reach * width, width);
    }
  }

  Tensor operator()(const Tokens& tokens, const ForwardContext& context) const override {
    std::vector<Tensor> outputs;
    for (size_t r = 0; r < branches_.size(); ++r) {
      outputs.push_back(branches_[r](gather_neighbours(tokens.values, tokens.offsets, reaches_[r])));  // [N, W]
    }
    return gate_(at::stack(outputs, 1), tokens.offsets, context);  // [N, R, W] -> [N, W]
  }

 private:
  std::vector<int64_t> reaches_;
  std::vector<Linear> branches_;
  GatedSplit gate_;
};

}  // namespace

std::unique_ptr<const Mixer> make_mixer(const AttentionSpec& spec, int64_t width, const ParameterScope& scope) {
  if (spec.mechanism == "split") {
    check_split(spec, scope.name());
    return std::make_unique<SplitMixer>(spec, width, scope);
  }
  return std::make_unique<SelfAttention>(spec, width, scope);
}

std::string fault_of_reaches(const std::vector<int64_t>& reaches) {
  if (reaches.empty()) return "expected at least one branch, found none";
  for (auto reach = reaches.begin(); reach != reaches.end(); ++reach) {
    const auto found = ", found " + std::to_string(*reach);
    if (*reach % 2 == 0) return "expected odd numbers of tokens" + found;
    if (std::find(reaches.begin(), reach, *reach) != reach)
      return "expected different numbers of tokens" + found + " twice";
  }
  return "";
}

// SplitMixer and SplitPool have a gate over branches; SelfAttention and AttentionPool hand all else to Attention.
std::vector<std::string> fields_read_in_block(const std::string& mechanism) {
  if (mechanism == "split") return {"reaches", "groups", "gate_width"};
  return {"heads", "key_width", "value_width", "projections", "causal", "dropout"};
}

std::vector<std::string> fields_read_in_pool(const std::string& mechanism) {
  if (mechanism == "split") return {"groups", "gate_width"};
  return {"heads", "key_width", "value_width", "dropout"};
}

std::vector<std::string> allocation_names() {
  auto names = mechanisms();
  names.emplace_back("split");
  return names;
}

}  // namespace attune
