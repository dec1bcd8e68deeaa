// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "attune/core/tensor_container.hpp"

namespace attune {

/// The container's own checksum covers tensors alone; this one covers the metadata.
inline constexpr const char* kMetadataSealKey = "attune.metadata.sha256";

/// SHA-256 over every key and text, each preceded by its length, without the checksums themselves.
[[nodiscard]] std::string metadata_seal(const std::map<std::string, std::string>& metadata);

/// That both checksums are there, and the metadata as it was sealed; the container has compared its own.
/// @throws DamagedFileError saying what is altered, to which the caller adds the file.
void check_seal(const TensorContainer& file);

}  // namespace attune
