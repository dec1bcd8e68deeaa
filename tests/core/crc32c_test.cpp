// SPDX-License-Identifier: Apache-2.0
#include "crc32c.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace attune {
namespace {

/// RFC 3720, appendix B.4. It prints the bytes of the checksums, lowest first.
TEST(Crc32c, IsThatOfRfc3720) {
  std::string ascending;
  for (char byte = 0; byte < 32; ++byte) ascending += byte;
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(crc32c(ascending), 0x46dd794eU);
  EXPECT_EQ(crc32c(std::string(ascending.rbegin(), ascending.rend())), 0x113fdb5cU);
  std::string command(48, '\0');  // an iSCSI SCSI Read (10) command
  for (const auto& [place, byte] :
       {std::pair{0, 0x01}, {1, 0xc0}, {16, 0x14}, {22, 0x04}, {27, 0x14}, {31, 0x18}, {32, 0x28}, {40, 0x02}})
    command[static_cast<size_t>(place)] = static_cast<char>(byte);
  EXPECT_EQ(crc32c(command), 0xd9963a56U);
}

TEST(Crc32c, OfNothingIsNought) { EXPECT_EQ(crc32c(""), 0U); }

/// The check value of the catalogue of parametrised CRC algorithms (CRC-32/ISCSI).
TEST(Crc32c, HasItsCheckValue) { EXPECT_EQ(crc32c("123456789"), 0xe3069283U); }

}  // namespace
}  // namespace attune
