// SPDX-License-Identifier: Apache-2.0
//
// Dropout masks over Philox, written once for every vector width. Included by dropout_lanes_*.cpp alone, each compiled
// for its own instruction set; the anonymous namespace keeps their copies apart, and no function of the standard
// library is called, whose one shared copy might otherwise be the one compiled for a processor that is not there.
//
// A group is 16 Philox blocks, that is 128 elements of 16 bits. Element j of a group takes block j % 16, half-word j /
// 16: a fixed map, so that an element depends on its index alone, and one in which neighbours lie in neighbouring
// lanes. A Philox word is 32 bits; here it lies in a lane of 64, whose upper half is left dirty, since the
// multiplication reads the lower half only: a round is then 2 multiplications, 2 shifts and 4 exclusive-ors for each
// lane.
//
// Measured (one core of a 2023 Xeon server, 100,000 elements, -O3 and -O2, ns per element): SSE2 0.73 and 0.97,
// AVX2 0.37 and 0.49, AVX-512 0.25 and 0.31; the same loop over arrays of uint32_t, left to g++ 12, 2.2 to 2.5.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "dropout_groups.hpp"
#include "philox.hpp"

namespace attune {
namespace {

// NOLINTBEGIN(misc-definitions-in-headers): they differ from file to file on purpose
#if defined(__AVX512F__)
constexpr size_t kVectorBytes = 64;
#elif defined(__AVX2__)
constexpr size_t kVectorBytes = 32;
#else
constexpr size_t kVectorBytes = 16;
#endif
constexpr size_t kVectorWords = kVectorBytes / sizeof(uint64_t);
// NOLINTEND(misc-definitions-in-headers)

using Words [[gnu::vector_size(kVectorBytes)]] = uint64_t;
using Draws [[gnu::vector_size(kVectorBytes)]] = int32_t;

/// Product of the lower halves, 32 x 32 to 64 bits.
inline Words multiply(Words a, Words b) {
#if defined(__AVX512F__)
  // With a full mask, for g++ 12 warns of an uninitialised variable inside the plain _mm512_mul_epu32 (GCC bug 105593).
  return reinterpret_cast<Words>(
      _mm512_maskz_mul_epu32(0xff, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<Words>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__x86_64__)
  return reinterpret_cast<Words>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return (a & 0xffffffffU) * (b & 0xffffffffU);
#endif
}

/// Blocks of the counters first, first + 2, first + 4, .. side by side.
struct Blocks {
  Words word[4];
};

inline Blocks counters(uint64_t first) {
  Words number = Words{} + first;
  for (size_t lane = 0; lane < kVectorWords; ++lane) number[lane] += 2 * lane;
  return {{number, number >> 32, Words{} + static_cast<uint32_t>(Stream::kDropout), Words{}}};
}

inline Blocks encrypt(Blocks blocks, uint64_t state) {
  auto& w = blocks.word;
  Words key0 = Words{} + low_word(state);
  Words key1 = Words{} + high_word(state);
  for (int r = 0; r < kPhiloxRounds; ++r) {
    const Words product0 = multiply(w[0], Words{} + kPhiloxMultiplier0);
    const Words product1 = multiply(w[2], Words{} + kPhiloxMultiplier1);
    w[0] = (product1 >> 32) ^ w[1] ^ key0;
    w[1] = product1;
    w[2] = (product0 >> 32) ^ w[3] ^ key1;
    w[3] = product0;
    key0 += kPhiloxKeyStep0;
    key1 += kPhiloxKeyStep1;
  }
  return blocks;
}

/// out[lane] = draw below the threshold ? scale : 0. The scale's bits are masked, so that no branch is needed.
inline void store(Draws draw, const Dropout& dropout, float* out) {
  const Draws kept = (draw < Draws{} + static_cast<int32_t>(dropout.threshold));  // all ones or all zeros
  const Draws bits = kept & __builtin_bit_cast(int32_t, dropout.scale);
  __builtin_memcpy(out, &bits, sizeof bits);
}

/// The blocks first .. first + 2 * kVectorWords - 1 of a group whose output begins at `out`.
inline void fill_blocks(const Dropout& dropout, uint64_t first, float* out) {
  const Blocks even = encrypt(counters(first), dropout.state);
  const Blocks odd = encrypt(counters(first + 1), dropout.state);
  for (size_t w = 0; w < 4; ++w) {
    const Words woven = (even.word[w] & 0xffffffffU) | (odd.word[w] << 32);
    const Words low = woven & 0x0000ffff0000ffffU;
    const Words high = (woven >> 16) & 0x0000ffff0000ffffU;
    store(reinterpret_cast<Draws>(low), dropout, out + (2 * w) * kBlocksOfGroup);
    store(reinterpret_cast<Draws>(high), dropout, out + (2 * w + 1) * kBlocksOfGroup);
  }
}

inline void fill_groups(const Dropout& dropout, uint64_t first, uint64_t count, float* out) {
  for (uint64_t group = first; group < first + count; ++group, out += kElementsOfGroup) {
    for (size_t block = 0; block < kBlocksOfGroup; block += 2 * kVectorWords) {
      fill_blocks(dropout, group * kBlocksOfGroup + block, out + block);
    }
  }
}

}  // namespace
}  // namespace attune
