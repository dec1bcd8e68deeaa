// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "attune/core/executor.hpp"
#include "attune/nn/parameters.hpp"
#include "attune/train/train_config.hpp"

namespace attune {

/// Adam with decoupled weight decay. Loshchilov, Hutter 2019, arXiv:1711.05101. beta 0.9 and 0.999, epsilon 1e-8.
class AdamW {
 public:
  /// What it remembers, per parameter that is not frozen: running means of the gradient and of its square, and the
  /// number of updates. They share its memory, so that writing to them sets them.
  struct Moments {
    std::vector<Tensor> means, squares, updates;
  };

  AdamW(const std::vector<Parameter>& parameters, double weight_decay);

  /// One update in place; `gradients` run in parallel to the parameters, an undefined one leaves its parameter as it
  /// is.
  void step(const std::vector<Tensor>& gradients, double learning_rate, Executor& executor);

  [[nodiscard]] Moments moments() const;

 private:
  struct Slot {
    Tensor value, mean, square, steps;
    double decay = 0;
  };
  /// Updates slots of one decay in one call.
  void update(const std::vector<size_t>& indices, const std::vector<Tensor>& gradients, double learning_rate);

  std::vector<Slot> slots_;
  int64_t numbers_ = 0;
};

/// Scales the gradients so that their joint norm is at most `most` (0: leaves them). Returns the norm before, not
/// finite when any gradient is not.
double clip_gradients(std::vector<Tensor>& gradients, double most);

/// The rate of step `step` of `steps` (from 0): linear warm-up, then the schedule.
[[nodiscard]] double learning_rate_at(const TrainConfig& config, int64_t step, int64_t steps);

}  // namespace attune
