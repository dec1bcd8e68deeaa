// SPDX-License-Identifier: Apache-2.0
// Beam search for the ordering of highest or lowest AOPC. An ordering is followed as the set of its first tokens, for
// what is still to come depends on the set alone: of two ways to the same set the better one stays.
#include <algorithm>
#include <map>

#include "attune/core/error.hpp"
#include "attune/metrics/erasure.hpp"
#include "erased_counts.hpp"

namespace attune {
namespace {

using Set = std::vector<bool>;  // the first tokens of an ordering

/// What is looked for.
struct Goal {
  bool keep_first;  ///< the set is kept (sufficiency), else erased (comprehensiveness)
  bool lowest;      ///< score, that is the greatest fall
};

/// A set, and the sum of scores at the shares passed on the best way to it.
struct Path {
  Set set;
  double passed = 0;
  double score = 0;  ///< here
};

class BeamSearch {
 public:
  BeamSearch(int64_t tokens, int64_t width, const Goal& goal, const EraseAndScore& score)
      : width_(static_cast<size_t>(width)), goal_(goal), score_(score), counts_(erased_counts(tokens)) {
    paths_ = {{.set = Set(static_cast<size_t>(tokens))}};
  }

  /// The mean score over the shares, of the best ordering found.
  [[nodiscard]] double best_mean() {
    for (int64_t size = 1; size <= counts_.back(); ++size) step(size);
    return value(paths_.front(), counts_.back()) / static_cast<double>(counts_.size());
  }

 private:
  void step(int64_t size) {
    auto grown = grow();
    std::vector<Set> keeps;
    for (const auto& path : grown) {
      keeps.push_back(path.set);
      if (!goal_.keep_first) keeps.back().flip();
    }
    const auto scores = score_(keeps);
    const auto here = std::count(counts_.begin(), counts_.end(), size);
    for (size_t i = 0; i < grown.size(); ++i) {
      grown[i].score = scores[i];
      grown[i].passed += static_cast<double>(here) * scores[i];
    }
    std::stable_sort(grown.begin(), grown.end(),
                     [&](const Path& a, const Path& b) { return is_better(value(a, size), value(b, size)); });
    if (grown.size() > width_) grown.resize(width_);
    paths_ = std::move(grown);
  }

  /// Every path with one token more, each set once.
  [[nodiscard]] std::vector<Path> grow() const {
    std::map<Set, double> passed;
    for (const auto& path : paths_) {
      for (size_t token = 0; token < path.set.size(); ++token) {
        if (path.set[token]) continue;
        auto set = path.set;
        set[token] = true;
        const auto [known, is_new] = passed.emplace(std::move(set), path.passed);
        if (!is_new && is_better(path.passed, known->second)) known->second = path.passed;
      }
    }
    std::vector<Path> grown;
    for (const auto& [set, sum] : passed) grown.push_back({.set = set, .passed = sum});
    return grown;
  }

  /// The sum over shares, as if the score stayed as it is at those to come.
  [[nodiscard]] double value(const Path& path, int64_t size) const {
    const auto to_come = std::count_if(counts_.begin(), counts_.end(), [=](int64_t count) { return count > size; });
    return path.passed + static_cast<double>(to_come) * path.score;
  }
  [[nodiscard]] bool is_better(double a, double b) const { return goal_.lowest ? a < b : a > b; }

  size_t width_;
  Goal goal_;
  const EraseAndScore& score_;
  std::vector<int64_t> counts_;  // ascending
  std::vector<Path> paths_;
};

}  // namespace

ErasureBounds erasure_bounds(int64_t tokens, int64_t width, const EraseAndScore& score) {
  if (tokens < 1 || width < 1)
    throw UsageError("beam search over erasures: expected at least one token and a width of 1");
  const std::vector<Set> whole = {Set(static_cast<size_t>(tokens), true)};
  const double full = score(whole).front();
  const auto fall = [&](const Goal& goal) { return full - BeamSearch(tokens, width, goal, score).best_mean(); };
  return {.best = {.comprehensiveness = fall({.keep_first = false, .lowest = true}),
                   .sufficiency = fall({.keep_first = true, .lowest = false})},
          .worst = {.comprehensiveness = fall({.keep_first = false, .lowest = false}),
                    .sufficiency = fall({.keep_first = true, .lowest = true})}};
}

}  // namespace attune
