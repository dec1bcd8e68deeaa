// SPDX-License-Identifier: Apache-2.0
#include "attune/train/row_scores.hpp"

#include <string>

#include "attune/core/error.hpp"
#include "attune/metrics/class_scores.hpp"
#include "in_unit.hpp"

namespace attune {
namespace {

size_t rows_of(const Targets& targets) {
  return std::visit([](const auto& values) { return values.size(); }, targets);
}

void check_alike(const Targets& predicted, const Targets& truth) {
  if (predicted.index() != truth.index())
    throw UsageError("row scores: expected predictions and truth of one kind, found classes and numbers");
  if (rows_of(predicted) == rows_of(truth)) return;
  throw UsageError("row scores: expected as many predictions as there are rows, found " +
                   std::to_string(rows_of(predicted)) + " for " + std::to_string(rows_of(truth)));
}

}  // namespace

std::vector<double> row_scores(const Targets& predicted, const Targets& truth) {
  check_alike(predicted, truth);
  std::vector<double> scores;
  if (const auto* classes = std::get_if<ClassTargets>(&truth)) {
    const auto& said = std::get<ClassTargets>(predicted);
    for (size_t i = 0; i < classes->size(); ++i) scores.push_back(said[i] == (*classes)[i] ? 1 : 0);
    return scores;
  }
  const auto& numbers = std::get<ValueTargets>(truth);
  const auto& said = std::get<ValueTargets>(predicted);
  for (size_t i = 0; i < numbers.size(); ++i) scores.push_back((said[i] - numbers[i]) * (said[i] - numbers[i]));
  return scores;
}

std::vector<double> row_scores(const OutputFeature& output, const Targets& targets, const Scores& scores) {
  return row_scores(predictions_of(output, scores), in_unit(output, targets));
}

Targets predictions_of(const OutputFeature& output, const Scores& scores) {
  if (output.classes().empty()) return predicted_in_unit(output, scores.values);
  ClassTargets classes;
  if (scores.rows == 0) return classes;
  const ClassScores logits(scores.values, scores.columns);
  for (size_t row = 0; row < logits.rows(); ++row) classes.push_back(static_cast<int64_t>(logits.best(row)));
  return classes;
}

Targets in_unit(const OutputFeature& output, const Targets& targets) {
  const auto* numbers = std::get_if<ValueTargets>(&targets);
  return numbers == nullptr ? targets : targets_in_unit(output, *numbers);
}

}  // namespace attune
