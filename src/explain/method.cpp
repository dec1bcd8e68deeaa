// SPDX-License-Identifier: Apache-2.0
#include "attune/explain/method.hpp"

#include <array>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "methods.hpp"

namespace attune {
namespace {

// A new method is a row here.
constexpr std::array kMethods = {
    Method{.name = "attention",
           .meaning = "how much of each token the attention pool reads, the mean of its heads",
           .refusal = attention_refusal,
           .explain = explain_by_attention},
    Method{.name = "attention_norm",
           .meaning = "the length of what each token adds to the pooled vector (Kobayashi et al. 2020)",
           .refusal = parts_refusal,
           .explain = explain_by_attention_norm},
    Method{.name = "pool_gradient",
           .meaning = "what each token adds to the pooled vector, along the score's gradient there",
           .signed_values = true,
           .whole_model = true,
           .refusal = parts_refusal,
           .explain = explain_by_pool_gradient},
    Method{.name = "gradient_input",
           .meaning = "the score's gradient by each token's embedding, times the embedding less the masked one",
           .signed_values = true,
           .whole_model = true,
           .refusal = any_model,
           .explain = explain_by_gradient_input},
    Method{.name = "gradient_path",
           .meaning = "integrated gradients in 4 steps, whatever gap remains",
           .signed_values = true,
           .whole_model = true,
           .leaves_gap = true,
           .refusal = any_model,
           .explain = explain_by_gradient_path},
    Method{.name = "rollout",
           .meaning = "attention followed through all blocks (Abnar, Zuidema 2020)",
           .refusal = rollout_refusal,
           .explain = explain_by_rollout},
    Method{.name = "integrated_gradients",
           .meaning = "gradients along the way from masked tokens to the row, in as many steps as close the gap "
                      "(Sundararajan et al. 2017)",
           .signed_values = true,
           .whole_model = true,
           .leaves_gap = true,
           .refusal = any_model,
           .explain = explain_by_integrated_gradients},
    Method{.name = "leave_one_out",
           .meaning = "how far the score falls when the token alone is removed",
           .signed_values = true,
           .whole_model = true,
           .refusal = any_model,
           .explain = explain_by_leave_one_out},
    Method{.name = "shapley",
           .meaning = "exact Shapley values of removing tokens, of rows of at most 12 (Shapley 1953)",
           .signed_values = true,
           .whole_model = true,
           .most_tokens = kMostShapleyTokens,
           .refusal = any_model,
           .explain = explain_by_shapley},
};

/// Of those that cost at most ten passes and remove nothing, the one that was measured to tell most (docs/explain.md).
constexpr const char* kDefaultMethod = "gradient_path";

}  // namespace

std::string any_model(const Model& /*model*/) { return ""; }

void check_stop(const std::function<bool()>& should_stop) {
  if (should_stop && should_stop()) throw StoppedError("explaining was stopped");
}

std::span<const Method> explanation_methods() { return kMethods; }

std::vector<std::string> explanation_method_names() {
  std::vector<std::string> names;
  for (const auto& method : kMethods) names.emplace_back(method.name);
  return names;
}

const Method& explanation_method(std::string_view name) {
  for (const auto& method : kMethods) {
    if (name == method.name) return method;
  }
  throw UsageError("unknown method of explanation \"" + std::string(name) + "\"" +
                   suggestion(std::string(name), explanation_method_names()));
}

const Method& default_explanation_method() { return explanation_method(kDefaultMethod); }

std::vector<Attribution> explain(const Method& method, std::span<const Subject> subjects,
                                 const MethodControl& control) {
  std::vector<Attribution> attributions(subjects.size());
  if (subjects.empty()) return attributions;
  const auto refusal = method.refusal(subjects.front().model());
  if (!refusal.empty()) throw UsageError("method \"" + std::string(method.name) + "\": " + refusal);
  control.executor.run(std::ssize(subjects), [&](int64_t s) {
    const auto index = static_cast<size_t>(s);
    check_stop(control.should_stop);
    attributions[index] = method.explain(subjects[index], control);
    attributions[index].method = method.name;
  });
  return attributions;
}

}  // namespace attune
