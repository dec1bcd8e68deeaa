// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace attune::fuzz {

/// A safetensors file with checksums that fit its content, as far as it can be read as one; else as it was. Without
/// this every change of a model file would be found by its checksums, and nothing behind them be tried.
[[nodiscard]] std::string resealed(std::string_view file);

}  // namespace attune::fuzz
