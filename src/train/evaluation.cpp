// SPDX-License-Identifier: Apache-2.0
#include "attune/train/evaluation.hpp"

#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/metrics/calibration.hpp"
#include "attune/metrics/calibration_range.hpp"
#include "attune/metrics/classification.hpp"
#include "attune/metrics/coverage.hpp"
#include "attune/metrics/log_linear_pool.hpp"
#include "attune/metrics/regression.hpp"
#include "in_unit.hpp"

namespace attune {
namespace {

Watched watch_classes(const Scores& scores, const ClassTargets& targets) {
  const auto probabilities = softmax(ClassScores(scores.values, scores.columns));
  const auto metrics = classification_metrics(ClassScores(probabilities, scores.columns), targets);
  return {.loss = metrics.negative_log_likelihood.value_or(0.0), .metric = metrics.accuracy};
}

Watched watch_values(const Scores& scores, const ValueTargets& targets) {
  const auto metrics = regression_metrics(scores.values, targets);
  return {.loss = metrics.mean_squared_error, .metric = metrics.r2};
}

/// What the network alone says, to be compared with what calibration makes of it.
Json uncalibrated_part(const ClassScores& probabilities, const ClassTargets& targets) {
  const auto json = to_json(classification_metrics(probabilities, targets));
  Json part{{"reliability", to_json(reliability_bins(probabilities, targets))}};
  for (const char* key : {"accuracy", "negative_log_likelihood", "brier_score", "expected_calibration_error"})
    part[key] = json.at(key);
  return part;
}

/// Shares of the rows that the curve of accuracy over coverage is given at.
constexpr double kCoverages[] = {1, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5};

/// The probability of each row's predicted class.
std::vector<double> confidences(const ClassScores& probabilities) {
  std::vector<double> result;
  for (size_t row = 0; row < probabilities.rows(); ++row)
    result.push_back(probabilities.at(row, probabilities.best(row)));
  return result;
}

/// What the probabilities are worth: the error that a perfectly calibrated model would show, the reliability of each
/// bin, and the accuracy when only the surest rows are answered.
Json confidence_part(const ClassScores& probabilities, const ClassTargets& targets) {
  const auto range = calibration_error_range(confidences(probabilities), RandomKey(0).with("calibration range"));
  return {{"expected_calibration_error_range", {range.low, range.high}},
          {"reliability", to_json(reliability_bins(probabilities, targets))},
          {"coverage", to_json(coverage_curve(probabilities, targets, kCoverages))}};
}

Json evaluate_classes(const Model& model, size_t output, const Opinions& said, const ClassTargets& targets) {
  const auto names = model.outputs()[output]->classes();
  const auto scores = model.pooled(output, said);
  const auto probabilities = softmax(ClassScores(scores.values, scores.columns));
  auto json = to_json(classification_metrics(ClassScores(probabilities, scores.columns), targets), names);
  const auto before = softmax(ClassScores(said.network.values, scores.columns));
  json["temperature"] = model.temperature(output);
  json["linear_weight"] = model.linear_weight(output);
  json["uncalibrated"] = uncalibrated_part(ClassScores(before, scores.columns), targets);
  json.update(confidence_part(ClassScores(probabilities, scores.columns), targets));
  return json;
}

Json evaluate_values(const OutputFeature& output, const Scores& scores, const ValueTargets& targets) {
  return to_json(regression_metrics(predicted_in_unit(output, scores.values), targets_in_unit(output, targets)));
}

void calibrate_output(Model& model, size_t output, const Opinions& said, const ClassTargets& targets) {
  const auto known = std::ssize(targets) - std::count(targets.begin(), targets.end(), kUnseenLabel);
  if (known == 0) return;
  // By Laplace's rule, so that a few rows which are all right are not taken for certainty.
  const auto classes = static_cast<double>(said.network.columns);
  const double smoothing = classes / (static_cast<double>(known) + classes);
  const ClassScores network(said.network.values, said.network.columns);
  if (said.linear.rows == 0) {
    model.set_temperature(output, fit_temperature(network, targets, smoothing).temperature);
    return;
  }
  const ClassScores linear(said.linear.values, said.linear.columns);
  const auto pool = fit_log_linear_pool(network, linear, targets, smoothing);
  model.set_temperature(output, 1 / pool.first_weight);
  model.set_linear_weight(output, pool.second_weight);
}

void require_rows(const LabelledRows& data) {
  if (data.rows.empty()) throw UsageError(data.table->name() + ": no rows to evaluate on");
}

}  // namespace

std::string watched_metric(const LabelledRows& data) {
  size_t classes = 0;
  for (const auto& targets : data.targets) classes += std::holds_alternative<ClassTargets>(targets) ? 1 : 0;
  if (classes == data.targets.size()) return "accuracy";
  return classes == 0 ? "r2" : "mean of metrics";
}

Watched watch(const LabelledRows& data, const std::vector<Scores>& scores) {
  Watched sum;
  for (size_t o = 0; o < scores.size(); ++o) {
    const auto* classes = std::get_if<ClassTargets>(&data.targets[o]);
    const auto watched = classes != nullptr ? watch_classes(scores[o], *classes)
                                            : watch_values(scores[o], std::get<ValueTargets>(data.targets[o]));
    sum.loss += watched.loss;
    sum.metric += watched.metric / static_cast<double>(scores.size());
  }
  return sum;
}

Json evaluate(const Model& model, const LabelledRows& data, Executor& executor) {
  require_rows(data);
  return evaluate(model, data, model.opinions(*data.table, data.rows, executor));
}

Json evaluate(const Model& model, const LabelledRows& data, const std::vector<Opinions>& opinions) {
  require_rows(data);
  Json all = Json::array();
  for (size_t o = 0; o < opinions.size(); ++o) {
    const auto& binding = model.schema().outputs[o];
    Json metrics{{"output", binding.name}, {"type", binding.type}};
    const auto* classes = std::get_if<ClassTargets>(&data.targets[o]);
    metrics.update(classes != nullptr ? evaluate_classes(model, o, opinions[o], *classes)
                                      : evaluate_values(*model.outputs()[o], model.pooled(o, opinions[o]),
                                                        std::get<ValueTargets>(data.targets[o])));
    all.push_back(std::move(metrics));
  }
  return all;
}

void calibrate(Model& model, const LabelledRows& data, Executor& executor) {
  if (std::ssize(data.rows) < kFewestToCalibrate) return;
  const auto opinions = model.opinions(*data.table, data.rows, executor);
  for (size_t o = 0; o < opinions.size(); ++o) {
    if (const auto* classes = std::get_if<ClassTargets>(&data.targets[o]))
      calibrate_output(model, o, opinions[o], *classes);
  }
}

}  // namespace attune
