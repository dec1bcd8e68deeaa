// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "attune/baselines/baseline.hpp"
#include "linear_problem.hpp"

namespace attune {

/// What the cost C of linear models is chosen from: the weight of the errors against that of the weights, the inverse
/// of the regularisation strength.
inline constexpr double kCosts[] = {0.01, 0.1, 1, 3, 10, 30, 100};
/// Without rows to choose with.
inline constexpr double kUsualCost = 10;
inline constexpr int kFolds = 3;

/// Folds that are held out in turn: all, or of very many rows one alone, which is large enough.
inline constexpr int64_t kManyRows = 20'000;
[[nodiscard]] constexpr int folds_held_out(int64_t rows) { return rows > kManyRows ? 1 : kFolds; }

/// The fold of each row, for cross-validation: every class is dealt out in turn, in an order that is always the same.
/// @param labels [rows] numbers of classes; equal ones for rows without classes
[[nodiscard]] std::vector<int> deal_folds(std::span<const int64_t> labels);

/// Rows in a fold, and the others; their numbers.
struct FoldRows {
  std::vector<int64_t> inside, outside;
};
[[nodiscard]] FoldRows rows_of_fold(std::span<const int> folds, int fold, std::span<const int64_t> rows);

/// Fits one problem with each of the costs, from the strongest regularisation to the weakest; the logistic loss from
/// where the last one ended.
/// @param visit called with the number of the cost and the weights
template <class Visit>
void fit_each_cost(const LinearProblem& problem, LinearLoss loss, std::span<const int64_t> chosen,
                   std::span<const double> targets, const BaselineControl& control, Visit&& visit) {
  std::vector<double> weights;
  for (size_t p = 0; p < std::size(kCosts); ++p) {
    control.check_stop();
    const auto start = std::span<const double>(weights).first(loss == LinearLoss::kLogistic ? weights.size() : 0);
    weights = problem.fit(loss, chosen, targets, kCosts[p], start);
    visit(p, std::span<const double>(weights));
  }
}

}  // namespace attune
