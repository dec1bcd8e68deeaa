// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/core/json.hpp"
#include "attune/features/schema.hpp"

namespace attune {

/// What decides a training's weights: seed, options, split, schema, the tables' cells and the bytes of the vectors'
/// file. Left out is what changes no bit: names of files, how often checkpoints are written, and the time limit, which
/// only ends a training.
/// @param record what a model's record says of it: "training", "data", "validation_data" and "vectors"
[[nodiscard]] Json run_identity(const Json& record, const Schema& schema);

/// What a training `now` does not share with the one `then`: `training.batch_size: 64 in the checkpoint, 32 now; the
/// table has other rows`. At most a few are named. Empty: nothing.
/// @param holder of `then`: "checkpoint"
[[nodiscard]] std::string differences(const Json& then, const Json& now, const std::string& holder);

}  // namespace attune
