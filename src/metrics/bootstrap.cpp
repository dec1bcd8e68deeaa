// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/metrics/quantile.hpp"

namespace attune {
namespace {

constexpr double kLowest = 0.025, kHighest = 0.975;

/// The difference of each row.
std::vector<double> differences(const Numbers& first, const Numbers& second) {
  if (first.size() == 0) throw UsageError("bootstrap: there is no row to draw; give at least one");
  if (first.size() != second.size()) {
    throw UsageError("bootstrap: expected two scores for each row, found " + std::to_string(first.size()) + " and " +
                     std::to_string(second.size()));
  }
  std::vector<double> result;
  for (size_t row = 0; row < first.size(); ++row) {
    if (!std::isfinite(first[row]) || !std::isfinite(second[row])) {
      throw UsageError("bootstrap: row " + std::to_string(row + 1) + ": expected finite scores, found " +
                       std::to_string(first[row]) + " and " + std::to_string(second[row]));
    }
    result.push_back(first[row] - second[row]);
  }
  return result;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The mean of `count` values, drawn with replacement: four to a block of random words, each word scaled to a place.
double mean_of_draw(const std::vector<double>& values, uint64_t draw, int64_t count, RandomKey key) {
  const auto low = [](uint64_t bits) { return static_cast<uint32_t>(bits); };
  const auto high = [](uint64_t bits) { return static_cast<uint32_t>(bits >> 32); };
  double sum = 0;
  for (int64_t i = 0; i < count; i += 4) {
    const auto block = static_cast<uint64_t>(i) / 4;
    const auto words = philox({low(block), high(block), low(draw), high(draw)}, {low(key.state()), high(key.state())});
    for (int64_t j = 0; j < std::min<int64_t>(4, count - i); ++j)
      sum += values[uint64_t{words[static_cast<size_t>(j)]} * values.size() >> 32];
  }
  return sum / static_cast<double>(count);
}

}  // namespace

PairedDifference paired_bootstrap(Numbers first, Numbers second, RandomKey key, int64_t draws) {
  if (draws < 1) throw UsageError("bootstrap: " + std::to_string(draws) + " draws, expected at least 1");
  const auto values = differences(first, second);
  const auto drawn = std::min(std::ssize(values), kMostBootstrapRows);
  std::vector<double> means;
  for (int64_t draw = 0; draw < draws; ++draw)
    means.push_back(mean_of_draw(values, static_cast<uint64_t>(draw), drawn, key));
  std::sort(means.begin(), means.end());
  const double difference = mean(values);
  const double shrink = std::sqrt(static_cast<double>(drawn) / static_cast<double>(values.size()));
  return {.difference = difference,
          .low = difference + shrink * (quantile(means, kLowest) - difference),
          .high = difference + shrink * (quantile(means, kHighest) - difference)};
}

}  // namespace attune
