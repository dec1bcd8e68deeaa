// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "attune/ops/tensor.hpp"
#include "attune/train/trainer.hpp"

namespace attune {

/// Visits every piece of a TrainingState, under the name that a checkpoint gives it.
class StateVisitor {
 public:
  virtual ~StateVisitor() = default;
  virtual void field(const char* name, int64_t& value) = 0;
  virtual void field(const char* name, double& value) = 0;
  virtual void field(const char* name, std::vector<EpochRecord>& value) = 0;
  virtual void field(const char* name, std::vector<Tensor>& value) = 0;
};

/// All that the rest of a training depends on, besides its table and options. Batches and all that is drawn follow from
/// the seed and these counts. A further piece is a member and a line of `visit`.
struct TrainingState {
  int64_t epoch = 1;      ///< at work
  int64_t batch = 0;      ///< of that epoch, the next to be trained; as many as there are: the epoch is to be validated
  int64_t steps = 0;      ///< of all epochs
  double loss_sum = 0;    ///< of this epoch, over its rows
  int64_t rows_done = 0;  ///< of this epoch
  double epoch_seconds = 0;  ///< spent on this epoch, over all runs
  double learning_rate = 0;  ///< of the last step
  int64_t best_epoch = 0;    ///< 0: none is complete
  double best_score = 0;     ///< higher is better
  std::vector<EpochRecord> history;
  std::vector<Tensor> parameters;  ///< the network's own trained ones, as those below are the optimiser's
  std::vector<Tensor> means, squares, updates;
  std::vector<Tensor> best;  ///< parameters of best_epoch; empty: none is complete

  void visit(StateVisitor& v);
  void begin_epoch(int64_t number);
  /// That counts, history and weights can be of one training. @throws ModelFileError saying which is not.
  void check() const;
};

}  // namespace attune
