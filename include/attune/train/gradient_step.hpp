// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/random.hpp"
#include "attune/model/model.hpp"
#include "attune/train/training_data.hpp"

namespace attune {

/// The loss of a batch and its gradient, in parallel to the network's parameters (undefined: frozen, or no part in the
/// loss).
struct Gradients {
  double loss = 0;
  std::vector<Tensor> values;
};

/// How a batch becomes a gradient; replaceable (per-row clipping, several machines).
class GradientStep {
 public:
  virtual ~GradientStep() = default;
  [[nodiscard]] virtual Gradients operator()(const Model& model, const LabelledRows& data, const TrainingBatch& batch,
                                             RandomKey random, Executor& executor) const = 0;
};

/// The sum over the batch's shards. Each runs on one thread with buffers of its own; they are added in shard order, so
/// that the number of threads never changes a bit.
class ShardedStep : public GradientStep {
 public:
  [[nodiscard]] Gradients operator()(const Model& model, const LabelledRows& data, const TrainingBatch& batch,
                                     RandomKey random, Executor& executor) const override;
};

}  // namespace attune
