// SPDX-License-Identifier: Apache-2.0
#include "attune/core/metadata_seal.hpp"

#include "attune/core/error.hpp"
#include "attune/core/sha256.hpp"
#include "tensor_header.hpp"

namespace attune {

std::string metadata_seal(const std::map<std::string, std::string>& metadata) {
  Sha256 sha;
  const auto add = [&](const std::string& text) { sha.update(std::to_string(text.size()) + ":" + text); };
  for (const auto& [key, text] : metadata) {
    if (key == kMetadataSealKey || key == kChecksumKey) continue;
    add(key);
    add(text);
  }
  return sha.hex();
}

void check_seal(const TensorContainer& file) {
  // The container lets other programs' files pass without a checksum; what attune writes has both.
  for (const auto& key : {std::string(kMetadataSealKey), std::string(kChecksumKey)}) {
    if (!file.metadata().contains(key)) throw DamagedFileError("altered: \"" + key + "\" is missing");
  }
  const auto found = file.metadata().find(kMetadataSealKey);
  if (found->second == metadata_seal(file.metadata())) return;
  throw DamagedFileError("altered: the SHA-256 of its metadata differs from the one it was saved with");
}

}  // namespace attune
