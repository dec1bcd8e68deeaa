// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/string_map.hpp"

namespace attune {

struct CountedUnit {
  std::string form;
  int64_t count = 0;
};

/// Counts units in bounded memory: when more than `most` differ, those seen least are forgotten, as word2vec does.
/// A unit of more than kLongestUnit bytes is counted as a token and never learnt.
class UnitCounter {
 public:
  static constexpr size_t kMost = 2'000'000;  // about 200 MB
  static constexpr size_t kLongestUnit = 256;

  explicit UnitCounter(size_t most = kMost) : most_(most) {}
  void add(std::string_view form);

  /// Units counted at least `min_count` times, most frequent first (ties by text), at most `most` of them.
  [[nodiscard]] std::vector<CountedUnit> most_frequent(int64_t min_count, size_t most) const;
  [[nodiscard]] int64_t tokens() const { return tokens_; }
  [[nodiscard]] size_t distinct() const { return counts_.size(); }
  /// Units seen no more than this many times may have been forgotten; 0: none was.
  [[nodiscard]] int64_t forgotten_up_to() const { return forgotten_up_to_; }

 private:
  void forget_rare();
  size_t most_;
  StringMap<int64_t> counts_;
  int64_t tokens_ = 0, forgotten_up_to_ = 0;
};

/// Units and their ids, from kFirstUnit on.
class Vocabulary {
 public:
  static constexpr int64_t kUnknown = 0, kEmpty = 1, kFirstUnit = 2;

  Vocabulary() = default;
  explicit Vocabulary(std::vector<std::string> units);
  [[nodiscard]] int64_t id(std::string_view form) const;
  [[nodiscard]] int64_t size() const { return kFirstUnit + static_cast<int64_t>(units_.size()); }
  [[nodiscard]] const std::vector<std::string>& units() const { return units_; }

 private:
  std::vector<std::string> units_;
  StringMap<int64_t> ids_;
};

}  // namespace attune
