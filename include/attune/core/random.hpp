// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace attune {

/// Philox4x32-10, a counter-based generator: four random words are a pure function of a counter and a key.
/// Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
[[nodiscard]] std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

/// A key for one purpose, derived from (seed, step, row, site, ..) and never from how much was drawn before. Hence the
/// same draws for every number of threads, for any batch composition, and after a resume. A value type; thread-safe.
class RandomKey {
 public:
  RandomKey() = default;
  explicit RandomKey(uint64_t seed) : state_(seed) {}

  /// A key that depends on this one and on `value`; independent of keys derived with other values.
  [[nodiscard]] RandomKey with(uint64_t value) const;
  /// The same for a name, such as a site "block.1.self" or a purpose "shuffle".
  [[nodiscard]] RandomKey with(std::string_view name) const;

  /// Element `index` of this key's stream.
  [[nodiscard]] uint64_t bits(uint64_t index) const;
  /// Uniform in [0, 1), 53 bits.
  [[nodiscard]] double uniform(uint64_t index) const;
  /// Standard normal (Box-Muller).
  [[nodiscard]] double normal(uint64_t index) const;

  /// out[i] = scale with probability `keep`, else 0, for elements first_element .. of this key's stream (16 bits each,
  /// eight to a Philox block, so `keep` is met to 1/65536, and is never less than that). What an element gets depends
  /// on the key and its own number alone. @throws UsageError unless 0 < keep <= 1.
  void fill_dropout(std::span<float> out, uint64_t first_element, double keep, float scale) const;

  /// Writes a permutation of 0 .. out.size()-1 (Fisher-Yates).
  void permutation(std::span<int64_t> out) const;

  [[nodiscard]] uint64_t state() const { return state_; }

 private:
  uint64_t state_ = 0;
};

}  // namespace attune
