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

/// Who asks to go on does not mean to begin anew and lose what another training came to.
/// @throws UsageError when the file is the model of a training of another identity that came to its end.
void check_not_another(const std::filesystem::path& model_file, const Json& identity);

}  // namespace attune
