// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/core/fields.hpp"

namespace attune {

/// How a model is trained. The defaults suit a table of some thousand short rows.
struct TrainConfig {
  int64_t epochs = 8;
  int64_t batch_size = 64;          ///< rows a step
  double learning_rate = 3e-3;      ///< at its peak
  double warmup = 0.1;              ///< share of all steps in which the rate rises from 0
  std::string schedule = "cosine";  ///< after the warm-up: cosine (down to 0) or constant
  double weight_decay = 0.01;       ///< of matrices; AdamW's, decoupled
  double clip_norm = 1.0;           ///< greatest norm of a step's gradient; 0: none
  int64_t patience = 3;  ///< epochs without a better validation score before training stops; 0: never stops early
  std::string select = "loss";  ///< which epoch's weights are kept: the best by validation loss or metric, or the last
  std::string class_weights = "none";  ///< none; balanced: every class the same total weight in the loss
  std::string kernels = "automatic";   ///< what computes attention, of kernel_names(); another one, other last bits
  double checkpoint_minutes = 5;       ///< between checkpoints within an epoch; 0: only between epochs. No bit changes
  double time_limit = 0;               ///< minutes after which training ends with its best model; 0: none
  void visit_fields(FieldVisitor& v);
};

}  // namespace attune
