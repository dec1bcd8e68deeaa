// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace attune {

/// Takes the pieces of a file one after another.
using ByteSink = std::function<void(std::string_view)>;

/// Reads a file (or pipe) once, from front to end, without holding it: its bytes, decompressed when they are gzip, go
/// to `sink` in pieces of at most 256 KiB. Returns the SHA-256 of the file as it lies on the disk, 64 hexadecimal
/// digits.
/// @throws InputError naming the file: missing, a folder, unreadable, gzip that is truncated or corrupt; and whatever
/// `sink` throws.
std::string stream_file(const std::filesystem::path& path, const ByteSink& sink);

}  // namespace attune
