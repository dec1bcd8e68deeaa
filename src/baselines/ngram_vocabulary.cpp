// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/ngram_vocabulary.hpp"

#include <algorithm>
#include <utility>

#include "attune/core/error.hpp"

namespace attune {
namespace {

/// Two units in one number; a single unit is followed by none.
uint64_t key(int32_t first, int32_t second = UnitRows::kNone) {
  return static_cast<uint64_t>(static_cast<uint32_t>(first)) << 32 | static_cast<uint32_t>(second);
}

/// Calls visit(key, begin, end) for each n-gram of units [begin, end).
template <class Visit>
void for_each_ngram(std::span<const int32_t> units, int longest, Visit&& visit) {
  for (size_t i = 0; i < units.size(); ++i) {
    if (units[i] == UnitRows::kNone) continue;
    visit(key(units[i]), i, i + 1);
    if (longest > 1 && i + 1 < units.size() && units[i + 1] != UnitRows::kNone)
      visit(key(units[i], units[i + 1]), i, i + 2);
  }
}

/// Counts in bounded memory.
class NgramCounter {
 public:
  explicit NgramCounter(size_t most) : most_(most) {}

  void add(uint64_t ngram) {
    ++counts_[ngram];
    while (counts_.size() > most_) {
      ++forgotten_up_to_;
      std::erase_if(counts_, [this](const auto& entry) { return entry.second <= forgotten_up_to_; });
    }
  }

  /// The most frequent first.
  [[nodiscard]] std::vector<std::pair<uint64_t, int64_t>> most_frequent(size_t most) const {
    std::vector<std::pair<uint64_t, int64_t>> ngrams(counts_.begin(), counts_.end());
    std::sort(ngrams.begin(), ngrams.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    if (ngrams.size() > most) ngrams.resize(most);
    return ngrams;
  }

 private:
  size_t most_;
  std::unordered_map<uint64_t, int64_t> counts_;
  int64_t forgotten_up_to_ = 0;
};

}  // namespace

NgramVocabulary::NgramVocabulary(const UnitRows& rows, int longest, size_t most, size_t most_counted)
    : longest_(longest) {
  NgramCounter counter(most_counted);
  for (int64_t r = 0; r < rows.rows(); ++r)
    for_each_ngram(rows.row(r), longest_, [&](uint64_t ngram, size_t, size_t) { counter.add(ngram); });
  const auto ngrams = counter.most_frequent(most);
  columns_.reserve(ngrams.size());
  for (const auto& [ngram, count] : ngrams) columns_.emplace(ngram, static_cast<int32_t>(columns_.size()));
}

NgramVocabulary::NgramVocabulary(std::span<const Ngram> ngrams, int longest) : longest_(longest) {
  columns_.reserve(ngrams.size());
  for (const auto& [first, second] : ngrams) {
    if (!columns_.emplace(key(first, second), static_cast<int32_t>(columns_.size())).second)
      throw ModelFileError("n-grams of a linear model: one is there twice");
  }
}

std::vector<NgramVocabulary::Ngram> NgramVocabulary::ngrams() const {
  std::vector<Ngram> list(columns_.size());
  for (const auto& [ngram, column] : columns_)
    list[static_cast<size_t>(column)] = {static_cast<int32_t>(ngram >> 32), static_cast<int32_t>(ngram & 0xFFFFFFFF)};
  return list;
}

std::vector<NgramVocabulary::Occurrence> NgramVocabulary::find(std::span<const int32_t> units) const {
  std::vector<Occurrence> found;
  for_each_ngram(units, longest_, [&](uint64_t ngram, size_t begin, size_t end) {
    if (const auto column = columns_.find(ngram); column != columns_.end())
      found.push_back({column->second, begin, end});
  });
  return found;
}

SparseRows NgramVocabulary::count(const UnitRows& rows) const {
  SparseRows counts(columns());
  std::vector<int32_t> found;
  for (int64_t r = 0; r < rows.rows(); ++r) {
    found.clear();
    for (const auto& occurrence : find(rows.row(r))) found.push_back(occurrence.column);
    std::sort(found.begin(), found.end());
    for (auto begin = found.begin(); begin != found.end();) {
      const auto end = std::upper_bound(begin, found.end(), *begin);
      counts.add(*begin, static_cast<double>(end - begin));
      begin = end;
    }
    counts.end_row();
  }
  return counts;
}

}  // namespace attune
