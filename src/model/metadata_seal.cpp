// SPDX-License-Identifier: Apache-2.0
#include "metadata_seal.hpp"

#include "attune/core/sha256.hpp"

namespace attune {

std::string metadata_seal(const std::map<std::string, std::string>& metadata) {
  Sha256 sha;
  const auto add = [&](const std::string& text) { sha.update(std::to_string(text.size()) + ":" + text); };
  for (const auto& [key, text] : metadata) {
    if (key == kMetadataSealKey || key == kTensorChecksumKey) continue;
    add(key);
    add(text);
  }
  return sha.hex();
}

}  // namespace attune
