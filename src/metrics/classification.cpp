// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/classification.hpp"

#include <algorithm>
#include <cmath>

#include "attune/core/error.hpp"
#include "attune/metrics/calibration.hpp"
#include "optional_number.hpp"

namespace attune {
namespace {

/// A probability of 0 for what happened would make the mean infinite and hide all other rows.
constexpr double kSmallestProbability = 1e-15;

double ratio(double numerator, double denominator) { return denominator == 0 ? 0 : numerator / denominator; }

double ratio(int64_t numerator, int64_t denominator) {
  return ratio(static_cast<double>(numerator), static_cast<double>(denominator));
}

void count_rows(const ClassScores& probabilities, std::span<const int64_t> labels, ClassificationMetrics& metrics) {
  const size_t classes = probabilities.classes();
  metrics.confusion.assign(classes * classes, 0);
  metrics.unseen_predicted_as.assign(classes, 0);
  for (size_t row = 0; row < labels.size(); ++row) {
    const size_t predicted = probabilities.best(row);
    if (labels[row] == kUnseenLabel) {
      ++metrics.unseen_predicted_as[predicted];
    } else {
      ++metrics.confusion[static_cast<size_t>(labels[row]) * classes + predicted];
    }
  }
  metrics.rows = static_cast<int64_t>(labels.size());
  metrics.unseen_labels = std::count(labels.begin(), labels.end(), kUnseenLabel);
}

PerClassMetrics per_class(const ClassificationMetrics& counts, size_t c) {
  const size_t classes = counts.unseen_predicted_as.size();
  PerClassMetrics metrics;
  metrics.predicted = counts.unseen_predicted_as[c];
  for (size_t other = 0; other < classes; ++other) {
    metrics.support += counts.confusion[c * classes + other];
    metrics.predicted += counts.confusion[other * classes + c];
  }
  const int64_t hits = counts.confusion[c * classes + c];
  metrics.precision = ratio(hits, metrics.predicted);
  metrics.recall = ratio(hits, metrics.support);
  metrics.f1 = ratio(2 * hits, metrics.support + metrics.predicted);
  return metrics;
}

int64_t hits(const ClassificationMetrics& counts) {
  const size_t classes = counts.unseen_predicted_as.size();
  int64_t sum = 0;
  for (size_t c = 0; c < classes; ++c) sum += counts.confusion[c * classes + c];
  return sum;
}

/// The unseen labels, if any, are one further class that is never predicted.
void average_over_classes(ClassificationMetrics& metrics) {
  const double unseen = metrics.unseen_labels > 0 ? 1 : 0;
  double recall_sum = 0, f1_sum = 0, occurring = unseen, occurring_or_predicted = unseen;
  for (const auto& one : metrics.per_class) {
    recall_sum += one.recall;
    f1_sum += one.f1;
    if (one.support > 0) ++occurring;
    if (one.support > 0 || one.predicted > 0) ++occurring_or_predicted;
  }
  metrics.balanced_accuracy = ratio(recall_sum, occurring);
  metrics.macro_f1 = ratio(f1_sum, occurring_or_predicted);
}

double squared_distance_to_label(const ClassScores& probabilities, size_t row, size_t label) {
  double sum = 0;
  for (size_t c = 0; c < probabilities.classes(); ++c) {
    const double difference = probabilities.at(row, c) - (c == label ? 1 : 0);
    sum += difference * difference;
  }
  return sum;
}

void score_probabilities(const ClassScores& probabilities, std::span<const int64_t> labels,
                         ClassificationMetrics& metrics) {
  const auto seen = static_cast<double>(metrics.rows - metrics.unseen_labels);
  if (seen == 0) return;
  double log_sum = 0, brier_sum = 0;
  for (size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] == kUnseenLabel) continue;
    const auto label = static_cast<size_t>(labels[row]);
    log_sum += std::log(std::clamp(probabilities.at(row, label), kSmallestProbability, 1.0));
    brier_sum += squared_distance_to_label(probabilities, row, label);
  }
  metrics.negative_log_likelihood = -log_sum / seen;
  metrics.brier_score = brier_sum / seen;
}

Json confusion_json(const ClassificationMetrics& metrics) {
  const size_t classes = metrics.per_class.size();
  Json matrix = Json::array();
  for (size_t c = 0; c < classes; ++c) {
    const auto row = std::span(metrics.confusion).subspan(c * classes, classes);
    matrix.push_back(Json(std::vector<int64_t>(row.begin(), row.end())));
  }
  return matrix;
}

}  // namespace

ClassificationMetrics classification_metrics(const ClassScores& probabilities, std::span<const int64_t> labels) {
  check_labels(probabilities, labels);
  check_probabilities(probabilities);
  ClassificationMetrics metrics;
  count_rows(probabilities, labels, metrics);
  for (size_t c = 0; c < probabilities.classes(); ++c) metrics.per_class.push_back(per_class(metrics, c));
  metrics.accuracy = ratio(hits(metrics), metrics.rows);
  average_over_classes(metrics);
  score_probabilities(probabilities, labels, metrics);
  metrics.expected_calibration_error = expected_calibration_error(reliability_bins(probabilities, labels));
  return metrics;
}

Json to_json(const PerClassMetrics& metrics) {
  return {{"precision", metrics.precision},
          {"recall", metrics.recall},
          {"f1", metrics.f1},
          {"support", metrics.support},
          {"predicted", metrics.predicted}};
}

Json to_json(const ClassificationMetrics& metrics, std::span<const std::string> class_names) {
  if (!class_names.empty() && class_names.size() != metrics.per_class.size()) {
    throw UsageError("class names: expected " + std::to_string(metrics.per_class.size()) + ", found " +
                     std::to_string(class_names.size()));
  }
  Json per_class = Json::array();
  for (size_t c = 0; c < metrics.per_class.size(); ++c) {
    Json one = {{"class", class_names.empty() ? Json(c) : Json(class_names[c])}};
    one.update(to_json(metrics.per_class[c]));
    per_class.push_back(std::move(one));
  }
  return {{"rows", metrics.rows},
          {"unseen_labels", metrics.unseen_labels},
          {"accuracy", metrics.accuracy},
          {"balanced_accuracy", metrics.balanced_accuracy},
          {"macro_f1", metrics.macro_f1},
          {"negative_log_likelihood", optional_number(metrics.negative_log_likelihood)},
          {"brier_score", optional_number(metrics.brier_score)},
          {"expected_calibration_error", metrics.expected_calibration_error},
          {"per_class", std::move(per_class)},
          {"confusion", confusion_json(metrics)},
          {"unseen_predicted_as", metrics.unseen_predicted_as}};
}

}  // namespace attune
