// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/core/option_names.hpp"
#include "attune/model/model_config.hpp"

namespace attune {

/// What can be said of a model's options before there is a table: each is within its limits, they fit together, and
/// something reads each that was changed or asked for.
/// @throws UsageError that calls the options as `names` does: heads that do not divide the width, an option that
/// nothing reads, blocks without parts, even numbers of tokens ..
void check_model_options(const ModelConfig& config, const OptionNames& names = {});

}  // namespace attune
