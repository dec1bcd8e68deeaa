// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/notable_rows.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "attune/core/error.hpp"

namespace attune {
namespace {

struct Candidate {
  int64_t row = 0;
  double order = 0;  ///< the lowest first
};

std::vector<int64_t> first_of(std::vector<Candidate> candidates, int64_t most) {
  if (most < 0) throw UsageError("notable rows: expected at least 0 of them, found " + std::to_string(most));
  const auto count = std::min<std::ptrdiff_t>(most, std::ssize(candidates));
  std::partial_sort(
      candidates.begin(), candidates.begin() + count, candidates.end(),
      [](const Candidate& a, const Candidate& b) { return a.order != b.order ? a.order < b.order : a.row < b.row; });
  std::vector<int64_t> rows;
  for (std::ptrdiff_t i = 0; i < count; ++i) rows.push_back(candidates[static_cast<size_t>(i)].row);
  return rows;
}

void check_finite(const Numbers& values, size_t row, const char* what) {
  if (std::isfinite(values[row])) return;
  throw UsageError(std::string(what) + " numbers: row " + std::to_string(row + 1) +
                   ": expected a finite number, found " + std::to_string(values[row]));
}

}  // namespace

std::vector<int64_t> most_wrong(const ClassScores& probabilities, std::span<const int64_t> labels, int64_t most) {
  check_labels(probabilities, labels);
  std::vector<Candidate> candidates;
  for (size_t row = 0; row < probabilities.rows(); ++row) {
    const auto label = labels[row];
    if (label == kUnseenLabel || label == static_cast<int64_t>(probabilities.best(row))) continue;
    candidates.push_back({static_cast<int64_t>(row), probabilities.at(row, static_cast<size_t>(label))});
  }
  return first_of(std::move(candidates), most);
}

std::vector<int64_t> least_certain(const ClassScores& probabilities, int64_t most) {
  std::vector<Candidate> candidates;
  for (size_t row = 0; row < probabilities.rows(); ++row)
    candidates.push_back({static_cast<int64_t>(row), probabilities.at(row, probabilities.best(row))});
  return first_of(std::move(candidates), most);
}

std::vector<int64_t> largest_errors(Numbers predicted, Numbers target, int64_t most) {
  if (predicted.size() != target.size())
    throw UsageError("largest errors: expected one prediction for each of " + std::to_string(target.size()) +
                     " rows, found " + std::to_string(predicted.size()));
  std::vector<Candidate> candidates;
  for (size_t row = 0; row < target.size(); ++row) {
    check_finite(predicted, row, "predicted");
    check_finite(target, row, "target");
    // Halved, so that no difference of two doubles overflows.
    const double error = std::abs(predicted[row] / 2 - target[row] / 2);
    if (error > 0) candidates.push_back({static_cast<int64_t>(row), -error});
  }
  return first_of(std::move(candidates), most);
}

}  // namespace attune
