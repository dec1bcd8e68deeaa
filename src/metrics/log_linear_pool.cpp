// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/log_linear_pool.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/metrics/calibration.hpp"

namespace attune {
namespace {

using Weights = std::array<double, 2>;
constexpr Weights kLowest = {1 / kHighestTemperature, 0.0};  // and no second opinion
constexpr Weights kHighest = {1 / kLowestTemperature, 20.0};

/// The negative log likelihood at some weights and its derivatives by them; means over rows.
struct Likelihood {
  double negative_log = 0;
  Weights slope = {};
  double curvature[2][2] = {};  // a covariance: never negative definite
};

class PoolProblem {
 public:
  PoolProblem(const ClassScores& first, const ClassScores& second, std::span<const int64_t> labels, double smoothing)
      : scores_{&first, &second}, labels_(labels), smoothing_(smoothing) {
    rows_ = static_cast<int64_t>(labels.size()) - std::count(labels.begin(), labels.end(), kUnseenLabel);
  }
  [[nodiscard]] int64_t rows() const { return rows_; }

  [[nodiscard]] Likelihood at(const Weights& weights) const {
    Likelihood sum;
    std::vector<double> shares(scores_[0]->classes());
    for (size_t row = 0; row < labels_.size(); ++row) {
      if (labels_[row] == kUnseenLabel) continue;
      sum.negative_log += spread(row, weights, shares);
      add_derivatives(row, shares, sum);
    }
    const auto count = static_cast<double>(rows_);
    sum.negative_log /= count;
    for (size_t i = 0; i < 2; ++i) {
      sum.slope[i] /= count;
      for (double& entry : sum.curvature[i]) entry /= count;
    }
    return sum;
  }

 private:
  /// The share of the target that class c gets.
  [[nodiscard]] double target(size_t row, size_t c) const {
    const double spread_share = smoothing_ / static_cast<double>(scores_[0]->classes());
    return spread_share + (labels_[row] == static_cast<int64_t>(c) ? 1 - smoothing_ : 0);
  }

  /// Fills in the classes' probabilities; returns the row's loss.
  double spread(size_t row, const Weights& weights, std::vector<double>& shares) const {
    double highest = -std::numeric_limits<double>::infinity(), wanted = 0, total = 0;
    for (size_t c = 0; c < shares.size(); ++c) {
      shares[c] = weights[0] * scores_[0]->at(row, c) + weights[1] * scores_[1]->at(row, c);
      highest = std::max(highest, shares[c]);
      wanted += target(row, c) * shares[c];
    }
    for (double& share : shares) total += share = std::exp(share - highest);
    for (double& share : shares) share /= total;
    return highest + std::log(total) - wanted;
  }

  void add_derivatives(size_t row, const std::vector<double>& shares, Likelihood& sum) const {
    Weights mean = {};
    for (size_t i = 0; i < 2; ++i) {
      for (size_t c = 0; c < shares.size(); ++c) {
        mean[i] += shares[c] * scores_[i]->at(row, c);
        sum.slope[i] += (shares[c] - target(row, c)) * scores_[i]->at(row, c);
      }
    }
    for (size_t i = 0; i < 2; ++i) {
      for (size_t j = 0; j < 2; ++j) {
        for (size_t c = 0; c < shares.size(); ++c)
          sum.curvature[i][j] += shares[c] * (scores_[i]->at(row, c) - mean[i]) * (scores_[j]->at(row, c) - mean[j]);
      }
    }
  }

  std::array<const ClassScores*, 2> scores_;
  std::span<const int64_t> labels_;
  double smoothing_;
  int64_t rows_ = 0;
};

/// A weight at its limit that wants to go beyond it stays there.
bool is_held(const Likelihood& here, const Weights& weights, size_t i) {
  return (weights[i] <= kLowest[i] && here.slope[i] > 0) || (weights[i] >= kHighest[i] && here.slope[i] < 0);
}

/// Newton's step over the weights that are not held.
Weights newton_step(const Likelihood& here, const Weights& weights) {
  constexpr double kRidge = 1e-9;  // opinions that are alike leave the curvature singular
  const bool held[2] = {is_held(here, weights, 0), is_held(here, weights, 1)};
  const double a = here.curvature[0][0] + kRidge, d = here.curvature[1][1] + kRidge, b = here.curvature[0][1];
  if (held[0] && held[1]) return {};
  if (held[0]) return {0, -here.slope[1] / d};
  if (held[1]) return {-here.slope[0] / a, 0};
  const double determinant = a * d - b * b;
  return {-(d * here.slope[0] - b * here.slope[1]) / determinant,
          -(a * here.slope[1] - b * here.slope[0]) / determinant};
}

Weights moved(const Weights& weights, const Weights& step, double share) {
  Weights next;
  for (size_t i = 0; i < 2; ++i) next[i] = std::clamp(weights[i] + share * step[i], kLowest[i], kHighest[i]);
  return next;
}

/// Projected Newton (Bertsekas 1982): the step is halved until the loss falls.
Weights lowest_point(const PoolProblem& problem, Weights weights) {
  constexpr int kMostSteps = 100;
  constexpr double kNothing = 1e-13;
  auto here = problem.at(weights);
  for (int step = 0; step < kMostSteps; ++step) {
    const auto direction = newton_step(here, weights);
    double share = 1;
    auto next = moved(weights, direction, share);
    auto there = problem.at(next);
    while (there.negative_log >= here.negative_log && share > kNothing) {
      next = moved(weights, direction, share /= 2);
      there = problem.at(next);
    }
    const double gained = here.negative_log - there.negative_log;
    if (gained > 0) weights = next, here = there;
    if (gained <= kNothing) break;
  }
  return weights;
}

void check_sizes(const ClassScores& first, const ClassScores& second) {
  if (first.rows() == second.rows() && first.classes() == second.classes()) return;
  throw UsageError("log-linear pool: expected scores of the same rows and classes, found " +
                   std::to_string(first.rows()) + " x " + std::to_string(first.classes()) + " and " +
                   std::to_string(second.rows()) + " x " + std::to_string(second.classes()));
}

}  // namespace

LogLinearPool fit_log_linear_pool(const ClassScores& first, const ClassScores& second, std::span<const int64_t> labels,
                                  double smoothing) {
  check_sizes(first, second);
  const auto alone = fit_temperature(first, labels, smoothing);
  const PoolProblem problem(first, second, labels, smoothing);
  if (problem.rows() == 0) return {};
  const auto weights = lowest_point(problem, {1 / alone.temperature, 0});
  return {.first_weight = weights[0], .second_weight = weights[1], .rows = problem.rows()};
}

}  // namespace attune
