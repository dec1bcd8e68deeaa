// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "attune/core/json.hpp"
#include "attune/train/fit.hpp"

namespace attune {

/// The result of a training that is over, from the model it wrote. Null when the file is not there, or not that of a
/// training of this identity (run_identity.hpp) that came to its end.
[[nodiscard]] std::unique_ptr<FitResult> done_training(const std::filesystem::path& model_file, const Json& identity);

}  // namespace attune
