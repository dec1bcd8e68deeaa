// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/distribution_distance.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

constexpr double kSumTolerance = 1e-3;

/// Shares that add up to 1. @param which of the two, for messages
std::vector<double> shares_of(const Numbers& given, const std::string& measure, const std::string& which) {
  std::vector<double> shares;
  double sum = 0;
  for (size_t i = 0; i < given.size(); ++i) {
    if (!(std::isfinite(given[i]) && given[i] >= 0)) {
      throw UsageError(measure + ": share " + std::to_string(i + 1) + " of the " + which +
                       " distribution: expected a finite number of at least 0, found " + std::to_string(given[i]));
    }
    shares.push_back(given[i]);
    sum += given[i];
  }
  if (std::abs(sum - 1) > kSumTolerance) {
    throw UsageError(measure + ": the " + which + " distribution: expected shares that add up to 1, found a sum of " +
                     std::to_string(sum) + "; divide them by it");
  }
  for (auto& share : shares) share /= sum;
  return shares;
}

struct Pair {
  std::vector<double> first, second;
};

Pair distributions(const Numbers& first, const Numbers& second, const std::string& measure) {
  if (first.size() != second.size()) {
    throw UsageError(measure + ": expected two distributions over the same things, found " +
                     std::to_string(first.size()) + " and " + std::to_string(second.size()) + " shares");
  }
  if (first.size() == 0) throw UsageError(measure + ": there is no share to compare; give at least one of each");
  return {shares_of(first, measure, "first"), shares_of(second, measure, "second")};
}

/// share * ln(share / mean of both), exactly 0 of equal ones; not by the mean itself, which of the smallest numbers
/// would be 0.
double divergence(double share, double other) { return share == 0 ? 0 : share * std::log(2 * share / (share + other)); }

}  // namespace

double total_variation(Numbers first, Numbers second) {
  const auto pair = distributions(first, second, "total variation");
  double sum = 0;
  for (size_t i = 0; i < pair.first.size(); ++i) sum += std::abs(pair.first[i] - pair.second[i]);
  return std::min(sum / 2, 1.0);  // the last bits of a sum may be too much
}

double jensen_shannon(Numbers first, Numbers second) {
  const auto pair = distributions(first, second, "Jensen-Shannon divergence");
  double sum = 0;
  for (size_t i = 0; i < pair.first.size(); ++i)
    sum += divergence(pair.first[i], pair.second[i]) + divergence(pair.second[i], pair.first[i]);
  return std::clamp(sum / 2, 0.0, std::numbers::ln2);
}

}  // namespace attune
