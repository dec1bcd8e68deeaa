// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace attune {

/// Takes the pieces of a file one after another.
using ByteSink = std::function<void(std::string_view)>;

/// True when the bytes begin as a gzip member (RFC 1952).
[[nodiscard]] bool is_gzip(std::string_view bytes);

/// Decompresses all members; zero padding after the last one is allowed.
/// @throws InputError naming `file`: truncated, altered (checksum), or followed by something else.
void inflate_gzip(std::string_view bytes, const std::string& file, const ByteSink& sink);

}  // namespace attune
