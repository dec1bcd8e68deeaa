// SPDX-License-Identifier: Apache-2.0
#include "quota.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace attune {
namespace {

/// Classes by falling remainder of their exact share wanted * size / total.
std::vector<size_t> by_remainder(int64_t wanted, const std::vector<int64_t>& sizes, int64_t total, RandomKey key) {
  std::vector<std::tuple<int64_t, uint64_t, size_t>> order;
  for (size_t i = 0; i < sizes.size(); ++i) order.emplace_back(-(wanted * sizes[i] % total), key.bits(i), i);
  std::sort(order.begin(), order.end());
  std::vector<size_t> classes;
  for (const auto& [remainder, draw, i] : order) classes.push_back(i);
  return classes;
}

/// One more from each class in turn that has more than `kept` left, until nothing is missing or to be had.
void top_up(Quota& quota, const std::vector<int64_t>& sizes, const std::vector<size_t>& order, int64_t kept) {
  for (bool progress = true; progress && quota.missing > 0;) {
    progress = false;
    for (const auto i : order) {
      if (quota.missing == 0 || quota.taken[i] + kept >= sizes[i]) continue;
      ++quota.taken[i];
      --quota.missing;
      progress = true;
    }
  }
}

}  // namespace

Quota share_largest_remainder(int64_t wanted, const std::vector<int64_t>& sizes, bool take_last, RandomKey key) {
  const auto total = std::accumulate(sizes.begin(), sizes.end(), int64_t{0});
  Quota quota{{}, wanted};
  for (const auto size : sizes) {
    const auto share = std::clamp<int64_t>(wanted * size / total, 0, std::max<int64_t>(size - 1, 0));
    quota.taken.push_back(share);
    quota.missing -= share;
  }
  const auto order = by_remainder(wanted, sizes, total, key);
  top_up(quota, sizes, order, 1);
  if (take_last) top_up(quota, sizes, order, 0);
  return quota;
}

}  // namespace attune
