// SPDX-License-Identifier: Apache-2.0
#include "resealed.hpp"

#include <cstdint>
#include <cstring>
#include <map>

#include "attune/core/json.hpp"
#include "attune/core/metadata_seal.hpp"
#include "attune/core/sha256.hpp"

namespace attune::fuzz {
namespace {

constexpr size_t kLengthBytes = 8;
constexpr const char* kTensorSealKey = "attune.sha256";

std::string as_bytes(uint64_t number) {
  std::string bytes(kLengthBytes, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(number & 0xFF), number >>= 8;
  return bytes;
}

uint64_t length_of(std::string_view file) {
  uint64_t length = 0;
  for (size_t i = kLengthBytes; i-- > 0;) length = length << 8 | static_cast<unsigned char>(file[i]);
  return length;
}

}  // namespace

std::string resealed(std::string_view file) {
  if (file.size() < kLengthBytes || length_of(file) > file.size() - kLengthBytes) return std::string(file);
  const auto header = file.substr(kLengthBytes, length_of(file)), tensors = file.substr(kLengthBytes + header.size());
  auto json = Json::parse(header, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("__metadata__") || !json["__metadata__"].is_object())
    return std::string(file);
  auto& metadata = json["__metadata__"];
  Sha256 sha;
  sha.update(tensors);
  if (metadata.contains(kTensorSealKey)) metadata[kTensorSealKey] = sha.hex();
  if (metadata.contains(kMetadataSealKey)) {
    std::map<std::string, std::string> texts;
    for (const auto& [key, value] : metadata.items()) {
      if (!value.is_string()) return std::string(file);
      texts[key] = value;
    }
    metadata[kMetadataSealKey] = metadata_seal(texts);
  }
  const auto sealed = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return as_bytes(sealed.size()) + sealed + std::string(tensors);
}

}  // namespace attune::fuzz
