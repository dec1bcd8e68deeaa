// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "attune/core/error.hpp"
#include "optional_number.hpp"

namespace attune {
namespace {

void check_confidence(const Numbers& confidence, std::span<const uint8_t> correct, int64_t bins) {
  if (bins < 1) throw UsageError("reliability: expected at least 1 bin, found " + std::to_string(bins));
  if (confidence.size() == 0) throw UsageError("reliability: there is no row to measure; give at least one");
  if (confidence.size() != correct.size()) {
    throw UsageError("reliability: expected one outcome for each of " + std::to_string(confidence.size()) +
                     " rows, found " + std::to_string(correct.size()));
  }
  constexpr double kLargest = 1 + 1e-3;  // as check_probabilities
  for (size_t row = 0; row < confidence.size(); ++row) {
    if (confidence[row] >= 0 && confidence[row] <= kLargest) continue;
    throw UsageError("reliability: row " + std::to_string(row + 1) + ": expected a confidence from 0 to 1, found " +
                     std::to_string(confidence[row]));
  }
}

std::vector<size_t> ascending(const Numbers& confidence) {
  std::vector<size_t> order(confidence.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return confidence[a] < confidence[b]; });
  return order;
}

ReliabilityBin make_bin(const Numbers& confidence, std::span<const uint8_t> correct, std::span<const size_t> rows) {
  double confidence_sum = 0;
  int64_t hits = 0;
  for (const size_t row : rows) {
    confidence_sum += confidence[row];
    hits += correct[row] != 0 ? 1 : 0;
  }
  const auto count = static_cast<double>(rows.size());
  return {.lowest = confidence[rows.front()],
          .highest = confidence[rows.back()],
          .mean_confidence = confidence_sum / count,
          .accuracy = static_cast<double>(hits) / count,
          .rows = static_cast<int64_t>(rows.size())};
}

/// Where bin `b` of `bins` ends when no rows are equal: the nearest whole number to (b + 1) * rows / bins.
size_t nominal_end(size_t rows, size_t b, size_t bins) {
  return static_cast<size_t>(
      std::llround(static_cast<double>(b + 1) * static_cast<double>(rows) / static_cast<double>(bins)));
}

/// What fit_temperature needs of its rows at the inverse temperature beta; means over rows.
struct Likelihood {
  double negative_log = 0;
  double slope = 0;      ///< by beta: E[logit] - logit of the label
  double curvature = 0;  ///< by beta twice: Var[logit], never negative
};

class TemperatureProblem {
 public:
  TemperatureProblem(const ClassScores& logits, std::span<const int64_t> labels, double smoothing)
      : logits_(logits), labels_(labels), smoothing_(smoothing) {
    rows_ = static_cast<int64_t>(labels.size()) - std::count(labels.begin(), labels.end(), kUnseenLabel);
  }

  [[nodiscard]] int64_t rows() const { return rows_; }

  [[nodiscard]] Likelihood at(double beta) const {
    Likelihood sum;
    for (size_t row = 0; row < labels_.size(); ++row) {
      if (labels_[row] != kUnseenLabel) add_row(row, beta, sum);
    }
    const auto count = static_cast<double>(rows_);
    return {sum.negative_log / count, sum.slope / count, sum.curvature / count};
  }

 private:
  /// Logits relative to the row's highest, so that no exponential overflows.
  void add_row(size_t row, double beta, Likelihood& sum) const {
    const double highest = logits_.at(row, logits_.best(row));
    double total = 0, first = 0, second = 0, over_all = 0;
    for (size_t c = 0; c < logits_.classes(); ++c) {
      const double z = logits_.at(row, c) - highest;
      over_all += z / static_cast<double>(logits_.classes());
      const double weight = std::exp(beta * z);
      if (weight == 0) continue;  // its z may be so large that 0 * z * z is not 0
      total += weight;
      first += weight * z;
      second += weight * z * z;
    }
    const double own = logits_.at(row, static_cast<size_t>(labels_[row])) - highest;
    const double label = smoothing_ == 0 ? own : (1 - smoothing_) * own + smoothing_ * over_all;
    const double mean = first / total;
    sum.negative_log += std::log(total) - beta * label;
    sum.slope += mean - label;
    sum.curvature += std::max(0.0, second / total - mean * mean);
  }

  const ClassScores& logits_;
  std::span<const int64_t> labels_;
  double smoothing_;
  int64_t rows_ = 0;
};

/// Newton's method on the slope within a bracket. The slope rises with beta, so that its sign says on which side the
/// minimum lies. Where a step would leave the bracket, and every third time (far from the minimum Newton may crawl),
/// the bracket is halved on the scale of log T instead.
double best_beta(const TemperatureProblem& problem) {
  constexpr int kMostSteps = 150;  // halving needs 43 to reach the tolerance
  constexpr double kTolerance = 1e-12;
  double low = 1 / kHighestTemperature;
  double high = 1 / kLowestTemperature;
  double beta = 1;
  for (int step = 0; step < kMostSteps && high - low > kTolerance * low; ++step) {
    const auto here = problem.at(beta);
    if (here.slope == 0) return beta;
    (here.slope > 0 ? high : low) = beta;
    double next = beta - here.slope / here.curvature;
    if (!(next > low && next < high) || step % 3 == 2) next = std::sqrt(low * high);
    if (std::abs(next - beta) <= kTolerance * beta) return next;
    beta = next;
  }
  return beta;
}

/// The limits themselves are tried as well, and first: towards a minimum beyond one of them the search only comes
/// close.
double best_temperature(const TemperatureProblem& problem) {
  double best = 1;
  double lowest = problem.at(1).negative_log;
  for (const double candidate : {kLowestTemperature, kHighestTemperature, 1 / best_beta(problem)}) {
    const double value = problem.at(1 / candidate).negative_log;
    if (value >= lowest) continue;
    lowest = value;
    best = candidate;
  }
  return std::clamp(best, kLowestTemperature, kHighestTemperature);
}

}  // namespace

std::vector<ReliabilityBin> reliability_bins(Numbers confidence, std::span<const uint8_t> correct, int64_t bins) {
  check_confidence(confidence, correct, bins);
  const auto order = ascending(confidence);
  const size_t wanted = std::min(static_cast<size_t>(bins), order.size());
  std::vector<ReliabilityBin> result;
  size_t begin = 0;
  for (size_t b = 0; b < wanted && begin < order.size(); ++b) {
    size_t end = nominal_end(order.size(), b, wanted);
    if (end <= begin) continue;  // a run of equal confidence already took this bin's rows, or there are few rows
    while (end < order.size() && confidence[order[end]] == confidence[order[end - 1]]) ++end;
    result.push_back(make_bin(confidence, correct, std::span(order).subspan(begin, end - begin)));
    begin = end;
  }
  return result;
}

std::vector<ReliabilityBin> reliability_bins(const ClassScores& probabilities, std::span<const int64_t> labels,
                                             int64_t bins) {
  check_labels(probabilities, labels);
  std::vector<double> confidence;
  std::vector<uint8_t> correct;
  for (size_t row = 0; row < probabilities.rows(); ++row) {
    const size_t predicted = probabilities.best(row);
    confidence.push_back(probabilities.at(row, predicted));
    correct.push_back(labels[row] == static_cast<int64_t>(predicted) ? 1 : 0);
  }
  return reliability_bins(std::span<const double>(confidence), correct, bins);
}

double expected_calibration_error(std::span<const ReliabilityBin> bins) {
  double sum = 0;
  int64_t rows = 0;
  for (const auto& bin : bins) {
    sum += static_cast<double>(bin.rows) * std::abs(bin.accuracy - bin.mean_confidence);
    rows += bin.rows;
  }
  if (rows == 0) throw UsageError("calibration error: there is no row to measure; give at least one");
  return sum / static_cast<double>(rows);
}

std::vector<double> softmax(const ClassScores& logits, double temperature) {
  if (!(temperature > 0) || !std::isfinite(temperature)) {
    throw UsageError("softmax: the temperature must be positive and finite, found " + std::to_string(temperature));
  }
  std::vector<double> probabilities;
  probabilities.reserve(logits.rows() * logits.classes());
  for (size_t row = 0; row < logits.rows(); ++row) {
    const double highest = logits.at(row, logits.best(row));
    double total = 0;
    for (size_t c = 0; c < logits.classes(); ++c) {
      probabilities.push_back(std::exp((logits.at(row, c) - highest) / temperature));
      total += probabilities.back();
    }
    for (size_t c = 0; c < logits.classes(); ++c) probabilities[row * logits.classes() + c] /= total;
  }
  return probabilities;
}

TemperatureFit fit_temperature(const ClassScores& logits, std::span<const int64_t> labels, double smoothing) {
  check_labels(logits, labels);
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw UsageError("fit_temperature: smoothing must be at least 0 and below 1, found " + std::to_string(smoothing));
  }
  const TemperatureProblem measured(logits, labels, 0);
  TemperatureFit fit;
  fit.rows = measured.rows();
  if (fit.rows == 0) return fit;
  fit.temperature = best_temperature(TemperatureProblem(logits, labels, smoothing));
  fit.negative_log_likelihood_before = measured.at(1).negative_log;
  fit.negative_log_likelihood = measured.at(1 / fit.temperature).negative_log;
  return fit;
}

Json to_json(const ReliabilityBin& bin) {
  return {{"lowest", bin.lowest},
          {"highest", bin.highest},
          {"mean_confidence", bin.mean_confidence},
          {"accuracy", bin.accuracy},
          {"rows", bin.rows}};
}

Json to_json(std::span<const ReliabilityBin> bins) {
  Json list = Json::array();
  for (const auto& bin : bins) list.push_back(to_json(bin));
  return list;
}

Json to_json(const TemperatureFit& fit) {
  return {{"temperature", fit.temperature},
          {"rows", fit.rows},
          {"negative_log_likelihood_before", optional_number(fit.negative_log_likelihood_before)},
          {"negative_log_likelihood", optional_number(fit.negative_log_likelihood)}};
}

}  // namespace attune
