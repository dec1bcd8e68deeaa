// SPDX-License-Identifier: Apache-2.0
#include "cost_search.hpp"

#include <map>

#include "attune/core/random.hpp"

namespace attune {

std::vector<int> deal_folds(std::span<const int64_t> labels) {
  std::vector<int64_t> order(labels.size());
  RandomKey(0).with("folds of baselines").permutation(order);
  std::vector<int> folds(labels.size());
  std::map<int64_t, int> next;
  int classes = 0;
  for (const int64_t row : order) {
    // Each class begins with another fold, so that rare classes do not all fall into the first.
    const auto [turn, is_new] = next.try_emplace(labels[static_cast<size_t>(row)], classes);
    if (is_new) ++classes;
    folds[static_cast<size_t>(row)] = turn->second++ % kFolds;
  }
  return folds;
}

FoldRows rows_of_fold(std::span<const int> folds, int fold, std::span<const int64_t> rows) {
  FoldRows result;
  for (size_t i = 0; i < rows.size(); ++i) (folds[i] == fold ? result.inside : result.outside).push_back(rows[i]);
  return result;
}

}  // namespace attune
