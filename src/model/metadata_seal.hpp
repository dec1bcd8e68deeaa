// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace attune {

/// The container's own checksum covers tensors alone; this one covers the metadata.
inline constexpr const char* kMetadataSealKey = "attune.metadata.sha256";
/// Where the container keeps its own.
inline constexpr const char* kTensorChecksumKey = "attune.sha256";

/// SHA-256 over every key and text, each preceded by its length, without the checksums themselves.
[[nodiscard]] std::string metadata_seal(const std::map<std::string, std::string>& metadata);

}  // namespace attune
