// SPDX-License-Identifier: Apache-2.0
#include "ridge_regression.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "attune/core/moments.hpp"
#include "cost_search.hpp"
#include "linear_problem.hpp"

namespace attune {
namespace {

std::vector<double> targets_of(std::span<const double> targets, std::span<const int64_t> rows) {
  std::vector<double> result;
  for (const int64_t row : rows) result.push_back(targets[static_cast<size_t>(row)]);
  return result;
}

/// The sums of squared errors of each cost on the rows inside the fold.
std::vector<double> errors_of(const SparseRows& rows, const LinearProblem& problem, std::span<const double> targets,
                              const FoldRows& fold, const BaselineControl& control) {
  std::vector<double> errors(std::size(kCosts), 0);
  fit_each_cost(problem, LinearLoss::kSquared, fold.outside, targets_of(targets, fold.outside), control,
                [&](size_t p, std::span<const double> weights) {
                  for (const int64_t row : fold.inside) {
                    const double error = linear_value(rows.row(row), weights) - targets[static_cast<size_t>(row)];
                    errors[p] += error * error;
                  }
                });
  return errors;
}

double search(const SparseRows& rows, const LinearProblem& problem, std::span<const double> targets,
              std::span<const int64_t> all, const BaselineControl& control) {
  if (rows.rows() < kFolds) return kUsualCost;
  const auto folds = deal_folds(std::vector<int64_t>(all.size(), 0));
  const int held_out = folds_held_out(rows.rows());
  std::vector<std::vector<double>> of_folds(static_cast<size_t>(held_out));
  control.executor.run(held_out, [&](int64_t fold) {
    of_folds[static_cast<size_t>(fold)] =
        errors_of(rows, problem, targets, rows_of_fold(folds, static_cast<int>(fold), all), control);
  });
  std::vector<double> errors(std::size(kCosts), 0);
  for (const auto& of_fold : of_folds) {
    for (size_t p = 0; p < errors.size(); ++p) errors[p] += of_fold[p];
  }
  return kCosts[std::min_element(errors.begin(), errors.end()) - errors.begin()];
}

}  // namespace

RidgeRegression::RidgeRegression(const SparseRows& rows, std::span<const double> targets,
                                 const BaselineControl& control) {
  Moments moments;
  for (const double target : targets) moments.add(target);
  mean_ = moments.mean();
  deviation_ = moments.deviation();
  std::vector<double> scaled;
  for (const double target : targets) {
    const auto distance = static_cast<long double>(target) - static_cast<long double>(mean_);
    scaled.push_back(deviation_ > 0 ? static_cast<double>(distance / deviation_) : 0);
  }
  std::vector<int64_t> all(targets.size());
  std::iota(all.begin(), all.end(), 0);
  const LinearProblem problem(rows);
  cost_ = search(rows, problem, scaled, all, control);
  weights_ = problem.fit(LinearLoss::kSquared, all, scaled, cost_);
}

double RidgeRegression::predict(SparseRow row) const {
  constexpr double kLargest = std::numeric_limits<double>::max();
  return std::clamp(mean_ + deviation_ * linear_value(row, std::span<const double>(weights_)), -kLargest, kLargest);
}

}  // namespace attune
