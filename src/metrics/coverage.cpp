// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/coverage.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "attune/core/error.hpp"

namespace attune {
namespace {

struct Answer {
  double confidence = 0;
  bool right = false;
};

/// The surest first.
std::vector<Answer> answers(const ClassScores& probabilities, std::span<const int64_t> labels) {
  std::vector<Answer> all;
  for (size_t row = 0; row < probabilities.rows(); ++row) {
    const size_t predicted = probabilities.best(row);
    all.push_back({probabilities.at(row, predicted), labels[row] == static_cast<int64_t>(predicted)});
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.confidence > b.confidence; });
  return all;
}

/// The answers to the wanted share of rows, and to those that are as sure as the last of them.
size_t answered(const std::vector<Answer>& all, double coverage) {
  auto count = static_cast<size_t>(std::ceil(coverage * static_cast<double>(all.size())));
  count = std::clamp<size_t>(count, 1, all.size());
  while (count < all.size() && all[count].confidence == all[count - 1].confidence) ++count;
  return count;
}

}  // namespace

std::vector<CoveragePoint> coverage_curve(const ClassScores& probabilities, std::span<const int64_t> labels,
                                          std::span<const double> coverages) {
  check_labels(probabilities, labels);
  const auto all = answers(probabilities, labels);
  std::vector<CoveragePoint> curve;
  for (const double coverage : coverages) {
    if (!(coverage > 0 && coverage <= 1))
      throw UsageError("coverage: expected a share above 0 and at most 1, found " + std::to_string(coverage));
    const size_t count = answered(all, coverage);
    const auto right = std::count_if(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count),
                                     [](const auto& a) { return a.right; });
    const auto rows = static_cast<double>(count);
    curve.push_back({.threshold = all[count - 1].confidence,
                     .coverage = rows / static_cast<double>(all.size()),
                     .accuracy = static_cast<double>(right) / rows,
                     .rows = static_cast<int64_t>(count)});
  }
  return curve;
}

Json to_json(const CoveragePoint& point) {
  return {
      {"threshold", point.threshold}, {"coverage", point.coverage}, {"accuracy", point.accuracy}, {"rows", point.rows}};
}

Json to_json(std::span<const CoveragePoint> curve) {
  auto list = Json::array();
  for (const auto& point : curve) list.push_back(to_json(point));
  return list;
}

}  // namespace attune
