// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace attune {

/// The third word of a counter: what the numbers are for. Keeps the streams of one key from sharing bits.
enum class Stream : uint32_t { kBits, kNormal, kDropout };

constexpr uint32_t low_word(uint64_t x) { return static_cast<uint32_t>(x); }
constexpr uint32_t high_word(uint64_t x) { return static_cast<uint32_t>(x >> 32); }

/// Count counters side by side, word by word, so that a compiler turns each line of a round into vector instructions.
/// Every function is forced inline: it then takes the instruction set of the function that calls it.
template <size_t Count>
struct PhiloxBlocks {
  uint32_t words[4][Count];

  /// Philox4x32-10: replaces the counters by their random words.
  [[gnu::always_inline]] void encrypt(uint32_t key0, uint32_t key1) {
    constexpr int kRounds = 10;
    for (int r = 0; r < kRounds; ++r) {
      round(key0, key1);
      key0 += 0x9E3779B9U;
      key1 += 0xBB67AE85U;
    }
  }

 private:
  [[gnu::always_inline]] void round(uint32_t key0, uint32_t key1) {
    for (size_t i = 0; i < Count; ++i) {
      const uint64_t product0 = uint64_t{words[0][i]} * 0xD2511F53U;
      const uint64_t product1 = uint64_t{words[2][i]} * 0xCD9E8D57U;
      words[0][i] = high_word(product1) ^ words[1][i] ^ key0;
      words[1][i] = low_word(product1);
      words[2][i] = high_word(product0) ^ words[3][i] ^ key1;
      words[3][i] = low_word(product0);
    }
  }
};

}  // namespace attune
