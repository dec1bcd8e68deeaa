// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/predicted_labels.hpp"

#include <string>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/metrics/class_scores.hpp"

namespace attune {
namespace {

void check_class(int64_t value, int64_t lowest, int64_t classes, size_t row, const char* what) {
  if (value >= lowest && value < classes) return;
  throw UsageError("row " + std::to_string(row + 1) + ": expected a " + what + " class from " + std::to_string(lowest) +
                   " to " + std::to_string(classes - 1) + ", found " + std::to_string(value));
}

void check(std::span<const int64_t> predicted, std::span<const int64_t> labels, int64_t classes) {
  if (labels.empty()) throw UsageError("predicted classes: there is no row to measure; give at least one");
  if (predicted.size() != labels.size()) {
    throw UsageError("predicted classes: expected one for each of " + std::to_string(labels.size()) + " rows, found " +
                     std::to_string(predicted.size()));
  }
  for (size_t row = 0; row < labels.size(); ++row) {
    check_class(predicted[row], 0, classes, row, "predicted");
    check_class(labels[row], kUnseenLabel, classes, row, "true");
  }
}

}  // namespace

LabelMetrics label_metrics(std::span<const int64_t> predicted, std::span<const int64_t> labels, int64_t classes) {
  check(predicted, labels, classes);
  std::vector<double> rows(static_cast<size_t>(classes) + 1, 0), hits(rows.size(), 0);  // unseen labels are the last
  for (size_t row = 0; row < labels.size(); ++row) {
    const auto label = static_cast<size_t>(labels[row] == kUnseenLabel ? classes : labels[row]);
    ++rows[label];
    if (predicted[row] == labels[row]) ++hits[label];
  }
  double all_hits = 0, recalls = 0, occurring = 0;
  for (size_t c = 0; c < rows.size(); ++c) {
    if (rows[c] == 0) continue;
    all_hits += hits[c];
    recalls += hits[c] / rows[c];
    ++occurring;
  }
  return {.accuracy = all_hits / static_cast<double>(labels.size()), .balanced_accuracy = recalls / occurring};
}

}  // namespace attune
