// SPDX-License-Identifier: Apache-2.0
#include "attune/train/train_config.hpp"

#include "attune/ops/kernels.hpp"

namespace attune {

void TrainConfig::visit_fields(FieldVisitor& v) {
  v.field({.name = "epochs", .help = "passes over the training rows", .minimum = 1, .maximum = 100000}, epochs);
  v.field({.name = "batch_size", .help = "rows a step", .minimum = 1, .maximum = 65536}, batch_size);
  v.field({.name = "learning_rate", .help = "greatest step size", .minimum = 1e-9, .maximum = 100}, learning_rate);
  v.field(
      {.name = "warmup", .help = "share of all steps in which the step size rises from 0", .minimum = 0, .maximum = 1},
      warmup);
  v.field({.name = "schedule", .help = "step size after the warm-up", .choices = {"cosine", "constant"}}, schedule);
  v.field({.name = "weight_decay", .help = "pull of matrices towards 0 (AdamW)", .minimum = 0, .maximum = 10},
          weight_decay);
  v.field({.name = "clip_norm", .help = "greatest norm of a gradient; 0 for none", .minimum = 0, .maximum = 1e9},
          clip_norm);
  v.field({.name = "patience",
           .help = "epochs without a better validation score before stopping; 0 for never",
           .minimum = 0,
           .maximum = 100000},
          patience);
  v.field({.name = "select",
           .help = "which epoch is kept: the best by validation loss or metric, or the last, which never stops early",
           .choices = {"loss", "metric", "last"}},
          select);
  v.field({.name = "class_weights",
           .help = "balanced: every class has the same total weight in the loss",
           .choices = {"none", "balanced"}},
          class_weights);
  v.field({.name = "kernels",
           .help = "what computes attention: automatic (fused kernels where they can), fused (or an error), composed "
                   "(LibTorch operations)",
           .choices = kernel_names()},
          kernels);
  v.field({.name = "checkpoint_minutes",
           .help = "minutes between checkpoints within an epoch; 0 for none but between epochs",
           .minimum = 0,
           .maximum = 1e6},
          checkpoint_minutes);
  v.field({.name = "time_limit",
           .help = "minutes that the whole run may take; then it ends with the best model; 0 for no limit",
           .minimum = 0,
           .maximum = 1e6},
          time_limit);
}

}  // namespace attune
