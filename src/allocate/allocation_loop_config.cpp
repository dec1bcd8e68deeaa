// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "attune/allocate/allocation_loop.hpp"
#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune {
namespace {

const std::vector<std::string>& loss_names() {
  static const std::vector<std::string> names = {"mean_squared_error", "cross_entropy"};  // as in AllocationLoss
  return names;
}

}  // namespace

void AllocationLoopConfig::visit_fields(FieldVisitor& v) {
  v.field({.name = "score",
           .help = "how features become scores: x W / sqrt(features), one per value column; or tanh(x W_a + b_a), one "
                   "for all of them",
           .choices = item_score_names()},
          score);
  v.field({.name = "loss",
           .help = "what the context is compared by: with numbers, or with the right class, whose scores it is",
           .choices = loss_names()},
          loss);
  v.field({.name = "learning_rate", .help = "parameters move by this times the gradient", .minimum = 0}, learning_rate);
  v.field({.name = "epochs", .help = "passes over all groups at most; 0: only measure", .minimum = 0, .maximum = 1e9},
          epochs);
  v.field({.name = "batch_size", .help = "groups per step; 0: all of them", .minimum = 0, .maximum = 1e9}, batch_size);
  v.field({.name = "patience",
           .help = "stop after this many epochs without a gain; 0: never",
           .minimum = 0,
           .maximum = 1e9},
          patience);
  v.field({.name = "least_gain",
           .help = "what counts as a gain, as a share of the lowest loss before",
           .minimum = 0,
           .maximum = 1},
          least_gain);
  v.field({.name = "validation_fraction",
           .help = "share of the groups that are only measured and decide when to stop",
           .minimum = 0,
           .maximum = 0.99},
          validation_fraction);
  v.field({.name = "initial_mean", .help = "mean of the parameters that are drawn at first"}, initial_mean);
  v.field({.name = "initial_deviation", .help = "their standard deviation; 0: all are the mean", .minimum = 0},
          initial_deviation);
}

AllocationLoss AllocationLoopConfig::loss_kind() const {
  const auto& names = loss_names();
  const auto found = std::find(names.begin(), names.end(), loss);
  if (found == names.end()) throw UsageError("loss: unknown name \"" + loss + "\"" + suggestion(loss, names));
  return static_cast<AllocationLoss>(found - names.begin());
}

}  // namespace attune
