// SPDX-License-Identifier: Apache-2.0
// What can be said at the pool, from the pass that predicted the row.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <torch/csrc/autograd/autograd.h>

#include "answer_gradient.hpp"
#include "attention_sites.hpp"
#include "attune/explain/attention_mass.hpp"
#include "linear_shares.hpp"
#include "methods.hpp"

namespace attune {
namespace {

std::vector<double> to_doubles(const Tensor& values) {
  const auto contiguous = values.to(at::kDouble).contiguous();
  return {contiguous.const_data_ptr<double>(), contiguous.const_data_ptr<double>() + contiguous.numel()};
}

Tensor parts_of(const Subject& subject) {
  const at::NoGradGuard no_gradients;
  return subject.model().network().pool_parts(subject.hidden(), subject.model().forward_context());  // [T, W]
}

/// The score's derivatives at the pool.
struct PoolGradient {
  Tensor by_vector;               // [W]
  std::vector<double> by_pooled;  // [C] scores
};

PoolGradient pool_gradient(const Subject& subject, const std::vector<double>& log_probabilities) {
  const at::AutoGradMode with_gradients(true);
  const auto& network = subject.model().network();
  const auto context = subject.model().forward_context();
  auto tokens = subject.hidden();
  tokens.values = tokens.values.detach().requires_grad_();
  const auto hidden = network.hidden_of(tokens, context);
  const auto logits = network.head(subject.question().output).forward(hidden, context);  // [1, C]
  auto answer = answer_gradient(subject, logits, {log_probabilities});
  const auto by_vector = torch::autograd::grad({logits}, {hidden.pooled()}, {answer.by_logits})[0];  // [1, W]
  return {by_vector.squeeze(0), std::move(answer.by_pooled.front())};
}

}  // namespace

std::string attention_refusal(const Model& model) {
  const auto& network = model.network();
  const auto reading = pool_reading(network);
  const bool blocks_attend = !last_attending_block(network).empty();
  if (reading == PoolReading::kMass || (reading == PoolReading::kMean && blocks_attend)) return "";
  if (attention_sites(model).empty())
    return "the model allocates no attention among tokens; take gradient_path, integrated_gradients or leave_one_out";
  return no_pool_shares(network) + "; take " + (rollout_refusal(model).empty() ? "rollout" : "gradient_path") +
         ", integrated_gradients or leave_one_out";
}

Attribution explain_by_attention(const Subject& subject, const MethodControl& /*control*/) {
  const at::NoGradGuard no_gradients;
  Attribution attribution;
  if (subject.pool_mass().defined()) {
    attribution.values = to_doubles(subject.pool_mass().mean(1));
    return attribution;
  }
  const auto site = last_attending_block(subject.model().network());
  attribution.values.assign(subject.tokens().size(), 0);
  const auto masses = attention_masses(subject, site);
  for (const auto& mass : masses) {
    for (size_t t = 0; t < mass.values.size(); ++t)
      attribution.values[t] += mass.values[t] / static_cast<double>(masses.size());
  }
  attribution.forward_passes = 1;
  attribution.notes.push_back("the pool takes the mean of all tokens: shown is what they look at in " + site);
  return attribution;
}

std::string parts_refusal(const Model& model) {
  const auto reading = pool_reading(model.network());
  if (reading != PoolReading::kMixed) return "";
  return "the model's pool (" + pool_name(model.network()) +
         ") is no weighted sum of tokens; take gradient_path, integrated_gradients or leave_one_out";
}

Attribution explain_by_attention_norm(const Subject& subject, const MethodControl& /*control*/) {
  const at::NoGradGuard no_gradients;
  Attribution attribution;
  attribution.values = to_doubles(parts_of(subject).norm(2, {1}));
  return attribution;
}

Attribution explain_by_pool_gradient(const Subject& subject, const MethodControl& /*control*/) {
  const LinearShares linear(subject);
  const auto gradient = pool_gradient(subject, linear.log_probabilities(1));
  Attribution attribution;
  attribution.values = to_doubles(parts_of(subject).matmul(gradient.by_vector));
  linear.add_slopes(1, 1, gradient.by_pooled, attribution);
  attribution.backward_passes = 1;
  return attribution;
}

}  // namespace attune
