// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace attune {

// Philox4x32-10's constants (Salmon et al. 2011, section 3.3 and the Random123 library).
inline constexpr int kPhiloxRounds = 10;
inline constexpr uint32_t kPhiloxMultiplier0 = 0xD2511F53U;
inline constexpr uint32_t kPhiloxMultiplier1 = 0xCD9E8D57U;
inline constexpr uint32_t kPhiloxKeyStep0 = 0x9E3779B9U;
inline constexpr uint32_t kPhiloxKeyStep1 = 0xBB67AE85U;

/// The third word of a counter: what the numbers are for. Keeps the streams of one key from sharing bits.
enum class Stream : uint32_t { kBits, kNormal, kDropout };

constexpr uint32_t low_word(uint64_t x) { return static_cast<uint32_t>(x); }
constexpr uint32_t high_word(uint64_t x) { return static_cast<uint32_t>(x >> 32); }

}  // namespace attune
