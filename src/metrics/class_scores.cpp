// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/class_scores.hpp"

#include <cmath>
#include <string>

#include "attune/core/error.hpp"

namespace attune {
namespace {

std::string row_name(size_t row) { return "row " + std::to_string(row + 1); }

}  // namespace

ClassScores::ClassScores(Numbers values, int64_t classes) : values_(values) {
  if (classes < 1) throw UsageError("class scores: expected at least 1 class, found " + std::to_string(classes));
  classes_ = static_cast<size_t>(classes);
  rows_ = values.size() / classes_;
  if (rows_ == 0) throw UsageError("class scores: there is no row to measure; give at least one");
  if (rows_ * classes_ != values.size()) {
    throw UsageError("class scores: expected rows of " + std::to_string(classes_) + " numbers, found " +
                     std::to_string(values.size()) + " numbers in all");
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    throw UsageError("class scores: " + row_name(i / classes_) + ", class " + std::to_string(i % classes_) +
                     ": expected a finite number, found " + std::to_string(values[i]));
  }
}

size_t ClassScores::best(size_t row) const {
  size_t best = 0;
  for (size_t c = 1; c < classes_; ++c) {
    if (at(row, c) > at(row, best)) best = c;
  }
  return best;
}

void check_labels(const ClassScores& scores, std::span<const int64_t> labels) {
  if (labels.size() != scores.rows()) {
    throw UsageError("labels: expected one for each of " + std::to_string(scores.rows()) + " rows, found " +
                     std::to_string(labels.size()));
  }
  for (size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] >= kUnseenLabel && labels[row] < static_cast<int64_t>(scores.classes())) continue;
    throw UsageError("labels: " + row_name(row) + ": expected -1 (unseen) to " + std::to_string(scores.classes() - 1) +
                     ", found " + std::to_string(labels[row]));
  }
}

void check_probabilities(const ClassScores& probabilities) {
  constexpr double kTolerance = 1e-3;
  for (size_t row = 0; row < probabilities.rows(); ++row) {
    double sum = 0;
    for (size_t c = 0; c < probabilities.classes(); ++c) {
      const double p = probabilities.at(row, c);
      if (p < 0 || p > 1 + kTolerance) {
        throw UsageError("probabilities: " + row_name(row) + ", class " + std::to_string(c) +
                         ": expected a number from 0 to 1, found " + std::to_string(p) +
                         "; take the softmax of logits");
      }
      sum += p;
    }
    if (std::abs(sum - 1) > kTolerance) {
      throw UsageError("probabilities: " + row_name(row) + ": expected a sum of 1, found " + std::to_string(sum) +
                       "; take the softmax of logits");
    }
  }
}

}  // namespace attune
