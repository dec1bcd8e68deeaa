// SPDX-License-Identifier: Apache-2.0
#include <attune/core/sha256.hpp>
#include <iostream>

int main() {
  // FIPS 180-2, appendix B.1.
  const bool right = attune::sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  std::cout << (right ? "linked with attune\n" : "attune::sha256_hex(\"abc\") is wrong\n");
  return right ? 0 : 1;
}
