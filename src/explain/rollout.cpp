// SPDX-License-Identifier: Apache-2.0
#include "attention_sites.hpp"
#include "attune/explain/attention_mass.hpp"
#include "methods.hpp"

namespace attune {
namespace {

/// The mean of a block's heads. [T, T]
std::vector<double> mean_of_heads(const std::vector<AttentionMatrix>& matrices, const std::string& site) {
  std::vector<double> sum;
  double heads = 0;
  for (const auto& matrix : matrices) {
    if (matrix.site != site) continue;
    sum.resize(matrix.weights.size(), 0);
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(matrix.weights[i]);
    ++heads;
  }
  for (auto& weight : sum) weight /= heads;
  return sum;
}

/// What reads `shares` of the tokens that come out of a block reads of those that go in: through the attention, and
/// half of it past it where there is a residual.
std::vector<double> before_block(const std::vector<double>& shares, const std::vector<double>& weights, bool residual) {
  const double kept = residual ? 0.5 : 0.0;
  const size_t tokens = shares.size();
  std::vector<double> before(tokens);
  for (size_t query = 0; query < tokens; ++query) {
    before[query] += kept * shares[query];
    for (size_t key = 0; key < tokens; ++key) before[key] += (1 - kept) * shares[query] * weights[query * tokens + key];
  }
  return before;
}

std::vector<double> shares_at_pool(const Subject& subject, const std::vector<AttentionMatrix>& matrices) {
  const auto tokens = subject.tokens().size();
  switch (pool_reading(subject.model().network())) {
    case PoolReading::kMass:
      return mean_of_heads(matrices, std::string(kPoolSite));  // [1, T]
    case PoolReading::kFirst: {
      std::vector<double> first(tokens, 0.0);
      first.front() = 1;
      return first;
    }
    default:
      return std::vector<double>(tokens, 1 / static_cast<double>(tokens));
  }
}

}  // namespace

std::string rollout_refusal(const Model& model) {
  if (attention_sites(model).empty())
    return "the model allocates no attention among tokens; take gradient_path, integrated_gradients or leave_one_out";
  if (pool_reading(model.network()) != PoolReading::kMixed) return "";
  return "the model's pool (" + pool_name(model.network()) +
         ") does not say how much of each token it reads; take integrated_gradients or leave_one_out";
}

/// Abnar, Zuidema 2020, "Quantifying attention flow in transformers", arXiv:2005.00928, from the pool backwards: a
/// vector times a matrix a block. Convolutions and feed-forward layers count as leaving tokens where they are.
Attribution explain_by_rollout(const Subject& subject, const MethodControl& /*control*/) {
  const auto matrices = attention_matrices(subject);
  Attribution attribution;
  attribution.values = shares_at_pool(subject, matrices);
  const auto blocks = block_readings(subject.model().network());
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
    if (!block->site.empty())
      attribution.values = before_block(attribution.values, mean_of_heads(matrices, block->site), block->residual);
  }
  attribution.forward_passes = 1;
  return attribution;
}

}  // namespace attune
