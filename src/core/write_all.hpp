// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace attune {

/// Writes to an open file and goes on after interrupts. @returns how many bytes were written: fewer than given when it
/// failed, which errno then explains.
[[nodiscard]] size_t write_all(int descriptor, std::string_view bytes);

/// @throws IoError with the file and the system's reason.
[[noreturn]] void fail_writing(const std::filesystem::path& path, int error);

}  // namespace attune
