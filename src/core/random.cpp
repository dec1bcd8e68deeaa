// SPDX-License-Identifier: Apache-2.0
#include "attune/core/random.hpp"

#include <cmath>
#include <numbers>
#include <utility>

#include "philox.hpp"

namespace attune {
namespace {

/// Stafford's variant 13 of the MurmurHash3 finaliser (as in SplitMix64): a bijection in which every input bit flips
/// each output bit with probability close to one half.
uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// Two constants without structure (the golden ratio's and sqrt(3)'s fractions) keep numbers and names apart.
constexpr uint64_t kNumberTag = 0x9e3779b97f4a7c15U;
constexpr uint64_t kNameTag = 0xbb67ae8584caa73bU;

/// The inner mix keeps with(a).with(b) and with(b).with(a), or seed + 1 and value - 1, from meeting.
uint64_t derive(uint64_t state, uint64_t value, uint64_t tag) { return mix(state + mix(value ^ tag) + tag); }

/// FNV-1a.
uint64_t hash(std::string_view name) {
  uint64_t h = 0xcbf29ce484222325U;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return h;
}

std::array<uint32_t, 4> block(uint64_t state, uint64_t index, Stream stream) {
  return philox({low_word(index), high_word(index), static_cast<uint32_t>(stream), 0},
                {low_word(state), high_word(state)});
}

uint64_t join(uint32_t low, uint32_t high) { return (uint64_t{high} << 32) | low; }

/// The upper 53 bits as a multiple of 2^-53 in [0, 1).
double unit(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

}  // namespace

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int r = 0; r < kPhiloxRounds; ++r) {
    const uint64_t product0 = uint64_t{counter[0]} * kPhiloxMultiplier0;
    const uint64_t product1 = uint64_t{counter[2]} * kPhiloxMultiplier1;
    counter = {high_word(product1) ^ counter[1] ^ key[0], low_word(product1), high_word(product0) ^ counter[3] ^ key[1],
               low_word(product0)};
    key[0] += kPhiloxKeyStep0;
    key[1] += kPhiloxKeyStep1;
  }
  return counter;
}

RandomKey RandomKey::with(uint64_t value) const { return RandomKey(derive(state_, value, kNumberTag)); }

RandomKey RandomKey::with(std::string_view name) const { return RandomKey(derive(state_, hash(name), kNameTag)); }

uint64_t RandomKey::bits(uint64_t index) const {
  const auto words = block(state_, index, Stream::kBits);
  return join(words[0], words[1]);
}

double RandomKey::uniform(uint64_t index) const { return unit(bits(index)); }

double RandomKey::normal(uint64_t index) const {
  const auto words = block(state_, index, Stream::kNormal);
  const double radius_draw = unit(join(words[0], words[1])) + 0x1p-53;  // (0, 1], so that the logarithm is finite
  const double angle_draw = unit(join(words[2], words[3]));
  return std::sqrt(-2 * std::log(radius_draw)) * std::cos(2 * std::numbers::pi * angle_draw);
}

void RandomKey::permutation(std::span<int64_t> out) const {
  for (size_t i = 0; i < out.size(); ++i) {
    const size_t j = bits(i) % (i + 1);  // the remainder favours small j by at most n / 2^64
    out[i] = out[j];
    out[j] = static_cast<int64_t>(i);
  }
}

}  // namespace attune
