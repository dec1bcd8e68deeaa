// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "attune/baselines/sparse_rows.hpp"

namespace attune {

/// A ragged run of unit numbers per row: row r owns units[offsets[r]] .. units[offsets[r + 1] - 1].
struct UnitRows {
  static constexpr int32_t kNone = -1;  ///< a unit that is not known, or the gap between two texts; part of no n-gram
  std::vector<int64_t> offsets{0};      // [rows + 1]
  std::vector<int32_t> units;

  void end_row() { offsets.push_back(static_cast<int64_t>(units.size())); }
  [[nodiscard]] int64_t rows() const { return static_cast<int64_t>(offsets.size()) - 1; }
  [[nodiscard]] std::span<const int32_t> row(int64_t r) const {
    const auto begin = static_cast<size_t>(offsets[static_cast<size_t>(r)]);
    return std::span(units).subspan(begin, static_cast<size_t>(offsets[static_cast<size_t>(r) + 1]) - begin);
  }
};

/// Single units, and pairs of neighbours if asked for, each with a column of its own: the most frequent come first
/// (ties by unit number). Immutable and thread-safe.
class NgramVocabulary {
 public:
  static constexpr size_t kMost = size_t{1} << 20;

  /// Learns what `rows` hold.
  /// @param longest 1 or 2 units. @param most n-grams to keep, the most frequent ones
  /// @param most_counted different n-grams held while they are counted; when there are more, those seen least are
  /// forgotten
  NgramVocabulary(const UnitRows& rows, int longest, size_t most = kMost, size_t most_counted = 4 * kMost);

  /// One or two units; of a single one the second is UnitRows::kNone.
  using Ngram = std::array<int32_t, 2>;
  /// A vocabulary of these, in the order of their columns. @throws ModelFileError for one that is given twice.
  NgramVocabulary(std::span<const Ngram> ngrams, int longest);
  [[nodiscard]] std::vector<Ngram> ngrams() const;

  /// How often each n-gram occurs: [rows, columns()]; unknown ones are left out.
  [[nodiscard]] SparseRows count(const UnitRows& rows) const;
  /// An n-gram in a row: its column, and its units [begin, end).
  struct Occurrence {
    int32_t column = 0;
    size_t begin = 0, end = 0;
    friend bool operator==(const Occurrence&, const Occurrence&) = default;
  };
  /// Those that count() counts, in the order in which they begin, shorter ones first.
  [[nodiscard]] std::vector<Occurrence> find(std::span<const int32_t> units) const;
  [[nodiscard]] int64_t columns() const { return static_cast<int64_t>(columns_.size()); }

 private:
  int longest_;
  std::unordered_map<uint64_t, int32_t> columns_;  // of the n-gram's key
};

}  // namespace attune
