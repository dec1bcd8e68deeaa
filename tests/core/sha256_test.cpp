// SPDX-License-Identifier: Apache-2.0
#include "attune/core/sha256.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

// FIPS 180-4's examples (NIST, "SHA256.pdf" of the examples with intermediate values).
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, PartsAreTheWhole) {
  const std::string text(1000, 'x');
  for (const size_t cut : {0, 1, 63, 64, 65, 999, 1000}) {
    Sha256 sha;
    sha.update(std::string_view(text).substr(0, cut));
    Sha256 moved = std::move(sha);
    moved.update(std::string_view(text).substr(cut));
    EXPECT_EQ(moved.hex(), sha256_hex(text)) << "cut at " << cut;
  }
}

}  // namespace
}  // namespace attune
