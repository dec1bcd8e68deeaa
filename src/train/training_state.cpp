// SPDX-License-Identifier: Apache-2.0
#include "training_state.hpp"

#include "attune/core/error.hpp"

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

void TrainingState::check() const {
  const auto require = [](bool holds, const char* name) {
    if (!holds) throw ModelFileError(std::string("\"") + name + "\" does not fit the rest of the state");
  };
  require(epoch >= 1, "epoch");
  require(batch >= 0, "batch");
  require(steps >= 0, "steps");
  require(rows_done >= 0, "rows_done");
  require(best_epoch >= 0 && best_epoch <= std::ssize(history), "best_epoch");
  require(best.size() == (best_epoch == 0 ? 0 : parameters.size()), "best");
  for (size_t t = 0; t < best.size(); ++t) require(best[t].sizes() == parameters[t].sizes(), "best");
}

}  // namespace attune
