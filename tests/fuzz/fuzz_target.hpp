// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace attune::fuzz {

/// What each target defines: reads any bytes as what it is a target for. A file of this folder is a target; replay.cpp
/// and libFuzzer call it.
/// @returns true when they were accepted, false when they were refused by an error of attune/core/error.hpp. Any other
///          exception escapes, and is a bug found.
bool try_input(std::string_view bytes);

/// try_input() by these words.
bool refused_or(const std::function<void()>& act);

/// Writes the bytes to a file that is this process's own, and the same at every call.
std::filesystem::path as_file(std::string_view bytes, std::string_view name);

}  // namespace attune::fuzz
