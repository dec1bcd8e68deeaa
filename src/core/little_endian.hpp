// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace attune {

/// The integer's bytes, lowest first.
template <class T>
[[nodiscard]] std::string little_endian(T integer) {
  std::string bytes;
  for (size_t byte = 0; byte < sizeof(T); ++byte) bytes += static_cast<char>(integer >> (8 * byte) & 0xff);
  return bytes;
}

}  // namespace attune
