// SPDX-License-Identifier: Apache-2.0
#include "text/ngrams.hpp"

#include <algorithm>

namespace attune {
namespace {

constexpr uint64_t kFnvStart = 14695981039346656037U, kFnvPrime = 1099511628211U;  // the FNV reference's constants
constexpr size_t kLongestLookedAt = 64;

uint64_t fnv1a(uint64_t hash, std::string_view bytes) {
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * kFnvPrime;
  return hash;
}

int64_t row(uint64_t hash, const Ngrams& ngrams) {
  return static_cast<int64_t>(hash % static_cast<uint64_t>(ngrams.rows));
}

/// Byte offsets at which the code points of a valid UTF-8 text begin, and the end of the last one looked at.
std::vector<size_t> character_bounds(std::string_view text) {
  std::vector<size_t> bounds;
  for (size_t i = 0; i < text.size() && bounds.size() <= kLongestLookedAt; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) bounds.push_back(i);
  }
  if (bounds.size() <= kLongestLookedAt) bounds.push_back(text.size());
  return bounds;
}

}  // namespace

void append_character_ngrams(std::string_view form, const Ngrams& ngrams, std::vector<int64_t>& out) {
  const auto marked = "<" + std::string(form) + ">";
  const auto bounds = character_bounds(marked);
  const auto characters = bounds.size() - 1;
  for (auto n = static_cast<size_t>(ngrams.shortest); n <= static_cast<size_t>(ngrams.longest); ++n) {
    for (size_t first = 0; first + n <= characters; ++first) {
      const bool only_a_mark = n == 1 && (first == 0 || bounds[first + 1] == marked.size());
      if (only_a_mark) continue;
      const auto gram = std::string_view(marked).substr(bounds[first], bounds[first + n] - bounds[first]);
      out.push_back(row(fnv1a(kFnvStart, gram), ngrams));
    }
  }
}

void append_unit_ngrams(std::span<const Unit> units, const Ngrams& ngrams, std::vector<int64_t>& out) {
  auto hash = kFnvStart;
  const auto longest = std::min(units.size(), static_cast<size_t>(ngrams.longest));
  for (size_t n = 1; n <= longest; ++n) {
    hash = fnv1a(fnv1a(hash, units[n - 1].form), "\x1f");  // a separator, so that "ab" + "c" is not "a" + "bc"
    if (n >= static_cast<size_t>(ngrams.shortest)) out.push_back(row(hash, ngrams));
  }
}

}  // namespace attune
