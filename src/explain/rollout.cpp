// SPDX-License-Identifier: Apache-2.0
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "attention_sites.hpp"
#include "attune/explain/attention_mass.hpp"
#include "methods.hpp"
#include "site_watch.hpp"

namespace attune {
namespace {

/// Of a row, followed block by block as the pass meets them. Memory in matrices of T x T floats, whatever the number of
/// blocks: H + 2, which are the weights of the block at hand (while they are computed as many scores stand beside
/// them), their mean, and the flow so far, which alone outlives a block. Time: T^3 for each attending block but the
/// first, one vector times a matrix at the pool.
class Rollout {
 public:
  /// @param weights of the block's heads [1, H, T, T]
  /// @param residual  half of what comes out of the block went past its attention
  void pass_block(const Tensor& weights, bool residual) {
    auto mixed = weights.squeeze(0).mean(0);  // [T, T]
    if (residual) mixed.mul_(0.5).diagonal().add_(0.5);
    if (flow_.defined()) multiply_by_flow(mixed);
    flow_ = std::move(mixed);
  }

  /// What a reader of what comes out of the blocks reads of what went in. @param shares [T]
  [[nodiscard]] Tensor before_blocks(const Tensor& shares) const {
    return flow_.defined() ? shares.matmul(flow_) : shares;
  }

 private:
  /// In place, for a row of a product needs no other row of its left factor.
  void multiply_by_flow(Tensor& mixed) const {
    constexpr int64_t kRowsAtOnce = 128;
    for (int64_t begin = 0; begin < mixed.size(0); begin += kRowsAtOnce) {
      auto rows = mixed.narrow(0, begin, std::min(kRowsAtOnce, mixed.size(0) - begin));
      rows.copy_(rows.matmul(flow_));
    }
  }

  Tensor flow_;  ///< [T, T]: of what came out of the blocks so far at each token, how much went in at each
};

/// How much of each token the pool reads. [T]
Tensor shares_at_pool(PoolReading reading, const Tensor& weights, int64_t tokens) {
  const at::TensorOptions options(at::kFloat);
  if (reading == PoolReading::kMass) return weights.squeeze(0).mean(0).squeeze(0);  // of [1, H, 1, T]
  if (reading == PoolReading::kMean) return at::full({tokens}, 1 / static_cast<double>(tokens), options);
  auto first = at::zeros({tokens}, options);
  first[0] = 1;
  return first;
}

}  // namespace

std::string rollout_refusal(const Model& model) {
  if (attention_sites(model).empty())
    return "the model allocates no attention among tokens; take gradient_path, integrated_gradients or leave_one_out";
  if (pool_reading(model.network()) != PoolReading::kMixed) return "";
  return no_pool_shares(model.network()) + "; take gradient_path, integrated_gradients or leave_one_out";
}

/// Abnar, Zuidema 2020, "Quantifying attention flow in transformers", arXiv:2005.00928. Convolutions and feed-forward
/// layers count as leaving tokens where they are.
Attribution explain_by_rollout(const Subject& subject, const MethodControl& /*control*/) {
  const at::NoGradGuard no_gradients;
  const auto& network = subject.model().network();
  const auto blocks = block_readings(network);
  Rollout rollout;
  Tensor at_pool;
  watch_sites(subject, attention_sites(subject.model()), {.weights = true},
              [&](std::string_view site, const Allocation& allocation) {
                const auto block = std::find_if(blocks.begin(), blocks.end(),
                                                [&](const BlockReading& reading) { return reading.site == site; });
                if (block != blocks.end()) {
                  rollout.pass_block(allocation.weights, block->residual);
                } else {
                  at_pool = allocation.weights;
                }
              });
  const auto shares = shares_at_pool(pool_reading(network), at_pool, std::ssize(subject.tokens()));
  const auto reached = rollout.before_blocks(shares).to(at::kDouble).contiguous();
  Attribution attribution;
  attribution.values = {reached.const_data_ptr<double>(), reached.const_data_ptr<double>() + reached.numel()};
  attribution.forward_passes = 1;
  return attribution;
}

}  // namespace attune
