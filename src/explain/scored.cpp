// SPDX-License-Identifier: Apache-2.0
#include "attune/explain/scored.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune {
namespace {

/// ln of the sum of exp over all classes but one.
double log_sum_of_others(std::span<const double> scores, size_t of_class) {
  double highest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (size_t c = 0; c < scores.size(); ++c) {
    if (c != of_class) highest = std::max(highest, scores[c]);
  }
  for (size_t c = 0; c < scores.size(); ++c) {
    if (c != of_class) sum += std::exp(scores[c] - highest);
  }
  return highest + std::log(sum);
}

}  // namespace

Scored scored(std::span<const double> pooled, std::optional<int64_t> of_class) {
  if (!of_class) return {.score = pooled.front(), .probability = std::numeric_limits<double>::quiet_NaN()};
  const auto number = static_cast<size_t>(*of_class);
  const double odds = pooled[number] - log_sum_of_others(pooled, number);
  return {.score = odds, .probability = 1 / (1 + std::exp(-odds))};
}

std::vector<double> score_slopes(std::span<const double> pooled, std::optional<int64_t> of_class) {
  if (!of_class) return {1.0};
  const auto number = static_cast<size_t>(*of_class);
  const double others = log_sum_of_others(pooled, number);
  std::vector<double> slopes;
  for (size_t c = 0; c < pooled.size(); ++c) slopes.push_back(c == number ? 1.0 : -std::exp(pooled[c] - others));
  return slopes;
}

}  // namespace attune
