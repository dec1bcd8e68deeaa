// SPDX-License-Identifier: Apache-2.0
#include "training_state.hpp"

namespace attune {

void TrainingState::visit(StateVisitor& v) {
  v.field("epoch", epoch);
  v.field("batch", batch);
  v.field("steps", steps);
  v.field("loss_sum", loss_sum);
  v.field("rows_done", rows_done);
  v.field("epoch_seconds", epoch_seconds);
  v.field("learning_rate", learning_rate);
  v.field("best_epoch", best_epoch);
  v.field("best_score", best_score);
  v.field("history", history);
  v.field("parameters", parameters);
  v.field("means", means);
  v.field("squares", squares);
  v.field("updates", updates);
  v.field("best", best);
}

void TrainingState::begin_epoch(int64_t number) {
  epoch = number;
  batch = 0;
  loss_sum = 0;
  rows_done = 0;
  epoch_seconds = 0;
}

}  // namespace attune
