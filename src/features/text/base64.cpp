// SPDX-License-Identifier: Apache-2.0
#include "text/base64.hpp"

#include <openssl/evp.h>

namespace attune {

std::string to_base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP writes a final zero byte
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  text.pop_back();
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  const auto padding = text.ends_with("==") ? 2U : text.ends_with("=") ? 1U : 0U;
  const bool padded_inside = text.substr(0, text.size() - padding).find('=') != std::string_view::npos;
  if (text.size() % 4 != 0 || padded_inside) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int written =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (written < 0) return std::nullopt;
  bytes.resize(bytes.size() - padding);  // EVP counts padding as zero bytes
  return bytes;
}

}  // namespace attune
