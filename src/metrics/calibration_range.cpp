// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/calibration_range.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "attune/metrics/calibration.hpp"
#include "attune/metrics/quantile.hpp"

namespace attune {
namespace {

/// A thousand draws tell the quantiles to a few hundredths of their value; large sets, whose range is narrow, get as
/// many as take a second or two.
constexpr int64_t kMostDraws = 1000;
constexpr int64_t kFewestDraws = 100;
constexpr int64_t kMostNumbersDrawn = 50'000'000;

int64_t draws_for(size_t rows) {
  return std::clamp(kMostNumbersDrawn / static_cast<int64_t>(rows), kFewestDraws, kMostDraws);
}

std::vector<double> ascending(const Numbers& confidence) {
  std::vector<double> sorted(confidence.size());
  for (size_t i = 0; i < sorted.size(); ++i) sorted[i] = confidence[i];
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

/// @param confidence ascending, so that the bins are runs of it
double drawn_error(const std::vector<double>& confidence, const std::vector<ReliabilityBin>& bins, RandomKey key) {
  double sum = 0;
  size_t row = 0;
  for (const auto& bin : bins) {
    int64_t hits = 0;
    for (const size_t end = row + static_cast<size_t>(bin.rows); row < end; ++row)
      hits += key.uniform(row) < confidence[row] ? 1 : 0;
    sum += std::abs(static_cast<double>(hits) - bin.mean_confidence * static_cast<double>(bin.rows));
  }
  return sum / static_cast<double>(confidence.size());
}

}  // namespace

Interval calibration_error_range(Numbers confidence, RandomKey key, int64_t bins) {
  const std::vector<uint8_t> any_outcome(confidence.size(), 0);  // bins are cut by confidence alone
  const auto cut = reliability_bins(confidence, any_outcome, bins);
  const auto sorted = ascending(confidence);
  std::vector<double> errors;
  for (int64_t draw = 0; draw < draws_for(sorted.size()); ++draw)
    errors.push_back(drawn_error(sorted, cut, key.with(static_cast<uint64_t>(draw))));
  std::sort(errors.begin(), errors.end());
  return {quantile(errors, 0.025), quantile(errors, 0.975)};
}

}  // namespace attune
