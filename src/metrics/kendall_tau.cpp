// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/kendall_tau.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

using Pair = std::pair<double, double>;

int64_t pairs_among(int64_t count) { return count * (count - 1) / 2; }

/// Pairs of elements that are equal, of a range in which equal ones are neighbours.
template <class Equal>
int64_t tied_pairs(const std::vector<Pair>& pairs, const Equal& equal) {
  int64_t tied = 0;
  for (auto begin = pairs.begin(); begin != pairs.end();) {
    const auto end = std::find_if_not(begin, pairs.end(), [&](const Pair& one) { return equal(*begin, one); });
    tied += pairs_among(end - begin);
    begin = end;
  }
  return tied;
}

/// Sorts by the second value and counts the pairs that this puts the other way round.
int64_t sort_counting(std::span<Pair> pairs) {
  if (pairs.size() < 2) return 0;
  const auto half = pairs.size() / 2;
  int64_t swapped = sort_counting(pairs.first(half)) + sort_counting(pairs.subspan(half));
  std::vector<Pair> merged;
  merged.reserve(pairs.size());
  size_t left = 0, right = half;
  while (left < half || right < pairs.size()) {
    const bool take_right = left == half || (right < pairs.size() && pairs[right].second < pairs[left].second);
    if (take_right) swapped += static_cast<int64_t>(half - left);
    merged.push_back(pairs[take_right ? right++ : left++]);
  }
  std::copy(merged.begin(), merged.end(), pairs.begin());
  return swapped;
}

}  // namespace

double kendall_tau(std::span<const double> first, std::span<const double> second) {
  if (first.size() != second.size()) {
    throw UsageError("Kendall's tau: expected two lists of the same length, found " + std::to_string(first.size()) +
                     " and " + std::to_string(second.size()));
  }
  const auto is_nan = [](double value) { return std::isnan(value); };
  if (std::any_of(first.begin(), first.end(), is_nan) || std::any_of(second.begin(), second.end(), is_nan))
    throw UsageError("Kendall's tau: expected numbers, found NaN, which has no place in an order");
  std::vector<Pair> pairs;
  for (size_t i = 0; i < first.size(); ++i) pairs.emplace_back(first[i], second[i]);
  std::sort(pairs.begin(), pairs.end());
  const auto all = pairs_among(std::ssize(pairs));
  const auto tied_first = tied_pairs(pairs, [](const Pair& a, const Pair& b) { return a.first == b.first; });
  const auto tied_both = tied_pairs(pairs, [](const Pair& a, const Pair& b) { return a == b; });
  const auto swapped = sort_counting(pairs);
  const auto tied_second = tied_pairs(pairs, [](const Pair& a, const Pair& b) { return a.second == b.second; });
  const auto difference = all - tied_first - tied_second + tied_both - 2 * swapped;
  const auto ordered = static_cast<double>(all - tied_first) * static_cast<double>(all - tied_second);
  return ordered > 0 ? static_cast<double>(difference) / std::sqrt(ordered) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace attune
