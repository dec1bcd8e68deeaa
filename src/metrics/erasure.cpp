// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/erasure.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "attune/core/error.hpp"
#include "erased_counts.hpp"

namespace attune {
namespace {

void check_ordering(std::span<const int64_t> ordering) {
  std::vector<int64_t> sorted(ordering.begin(), ordering.end());
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] != static_cast<int64_t>(i))
      throw UsageError("ordering of tokens: expected each of the " + std::to_string(sorted.size()) +
                       " tokens once, from 0 on; found " + std::to_string(sorted[i]) + " in the place of " +
                       std::to_string(i));
  }
}

/// All flags `others`, but those of the first `count` tokens of the ordering.
std::vector<bool> all_but_first(std::span<const int64_t> ordering, int64_t count, bool others) {
  std::vector<bool> flags(ordering.size(), others);
  for (const int64_t token : ordering.first(static_cast<size_t>(count))) flags[static_cast<size_t>(token)] = !others;
  return flags;
}

/// The subsets that one ordering's figures are made of: per share, without its first tokens, and with them alone.
void append_subsets(std::span<const int64_t> ordering, std::vector<std::vector<bool>>& keeps) {
  for (const int64_t count : erased_counts(std::ssize(ordering))) {
    keeps.push_back(all_but_first(ordering, count, true));
    keeps.push_back(all_but_first(ordering, count, false));
  }
}

/// Bounds this near differ by the rounding of float32 probabilities alone.
constexpr double kSameBounds = 1e-6;

std::optional<double> between(double value, double worst, double best) {
  if (std::abs(best - worst) < kSameBounds) return std::nullopt;
  return (value - worst) / (best - worst);
}

}  // namespace

std::vector<int64_t> erased_counts(int64_t tokens) {
  std::vector<int64_t> counts;
  for (const double share : kErasedShares) {
    const auto count = static_cast<int64_t>(std::ceil(share * static_cast<double>(tokens) - 1e-9));  // 0.1 * 30 is 3
    counts.push_back(std::min(std::max<int64_t>(count, 1), tokens));
  }
  return counts;
}

std::vector<int64_t> ordering_of(std::span<const double> values) {
  if (std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); }))
    throw UsageError("ordering of tokens: expected numbers, found NaN, which has no place in an order");
  std::vector<int64_t> ordering(values.size());
  std::iota(ordering.begin(), ordering.end(), 0);
  std::stable_sort(ordering.begin(), ordering.end(), [&](int64_t a, int64_t b) {
    return values[static_cast<size_t>(a)] > values[static_cast<size_t>(b)];
  });
  return ordering;
}

Erasure erasure_of(std::span<const int64_t> ordering, const EraseAndScore& score) {
  const std::vector<int64_t> one(ordering.begin(), ordering.end());
  return erasures_of({&one, 1}, score).front();
}

std::vector<Erasure> erasures_of(std::span<const std::vector<int64_t>> orderings, const EraseAndScore& score) {
  if (orderings.empty()) return {};
  std::vector<std::vector<bool>> keeps = {std::vector<bool>(orderings.front().size(), true)};
  for (const auto& ordering : orderings) {
    check_ordering(ordering);
    append_subsets(ordering, keeps);
  }
  const auto scores = score(keeps);
  constexpr auto kShares = static_cast<double>(kErasedShares.size());
  std::vector<Erasure> figures;
  size_t next = 1;
  while (next < scores.size()) {
    auto& figure = figures.emplace_back();
    for (size_t share = 0; share < kErasedShares.size(); ++share) {
      figure.comprehensiveness += (scores.front() - scores[next++]) / kShares;
      figure.sufficiency += (scores.front() - scores[next++]) / kShares;
    }
  }
  return figures;
}

std::vector<Erasure> random_erasures(int64_t tokens, int64_t count, RandomKey key, const EraseAndScore& score) {
  std::vector<std::vector<int64_t>> orderings(static_cast<size_t>(count));
  for (size_t i = 0; i < orderings.size(); ++i) {
    orderings[i].resize(static_cast<size_t>(tokens));
    key.with(i).permutation(orderings[i]);
  }
  return erasures_of(orderings, score);
}

NormalizedErasure normalized(const Erasure& erasure, const ErasureBounds& bounds) {
  return {.comprehensiveness =
              between(erasure.comprehensiveness, bounds.worst.comprehensiveness, bounds.best.comprehensiveness),
          .sufficiency = between(erasure.sufficiency, bounds.worst.sufficiency, bounds.best.sufficiency)};
}

}  // namespace attune
