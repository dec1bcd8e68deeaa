// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace attune {

/// CRC-32C, the checksum of iSCSI (RFC 3720, appendix B.4) with Castagnoli's polynomial, which zlib has not.
[[nodiscard]] uint32_t crc32c(std::string_view bytes);

}  // namespace attune
