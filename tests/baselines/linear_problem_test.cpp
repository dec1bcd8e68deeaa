// SPDX-License-Identifier: Apache-2.0
#include "linear_problem.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "attune/core/random.hpp"
#include "cost_search.hpp"

namespace attune {
namespace {

constexpr int64_t kRows = 40, kColumns = 3;

SparseRows random_rows() {
  SparseRows rows(kColumns);
  const RandomKey key(7);
  for (int64_t r = 0; r < kRows; ++r) {
    for (int64_t f = 0; f < kColumns; ++f) rows.add(f, key.normal(static_cast<uint64_t>(r * kColumns + f)));
    rows.end_row();
  }
  return rows;
}

std::vector<int64_t> all_rows() {
  std::vector<int64_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

/// Targets that follow from the columns, and a little noise.
std::vector<double> numbers(const SparseRows& rows) {
  std::vector<double> targets;
  for (int64_t r = 0; r < rows.rows(); ++r) {
    double sum = 0.5 + 0.1 * RandomKey(8).normal(static_cast<uint64_t>(r));
    for (const auto& [column, value] : rows.row(r)) sum += (column + 1) * static_cast<double>(value);
    targets.push_back(sum);
  }
  return targets;
}

/// The gradient of what fit() minimises, written down again: |w|^2 / 2 + cost * sum of losses.
std::vector<double> gradient(LinearLoss loss, const SparseRows& rows, const std::vector<double>& targets, double cost,
                             const std::vector<double>& weights) {
  auto result = weights;
  for (int64_t r = 0; r < rows.rows(); ++r) {
    const double y = targets[static_cast<size_t>(r)];
    const double value = linear_value(rows.row(r), std::span<const double>(weights));
    const double slope = loss == LinearLoss::kLogistic ? -y / (1 + std::exp(y * value)) : 2 * (value - y);
    for (const auto& [column, x] : rows.row(r)) result[static_cast<size_t>(column)] += cost * slope * x;
    result.back() += cost * slope;
  }
  return result;
}

double norm(const std::vector<double>& values) {
  return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

TEST(LinearProblem, FindsTheMinimum) {
  const auto rows = random_rows();
  const LinearProblem problem(rows);
  for (const auto loss : {LinearLoss::kLogistic, LinearLoss::kSquared}) {
    auto targets = numbers(rows);
    if (loss == LinearLoss::kLogistic)
      for (auto& target : targets) target = target > 0 ? 1 : -1;
    for (const double cost : {0.1, 1.0, 10.0}) {
      const auto weights = problem.fit(loss, all_rows(), targets, cost);
      ASSERT_EQ(weights.size(), 4U);
      const double at_start = norm(gradient(loss, rows, targets, cost, std::vector<double>(4, 0)));
      EXPECT_LT(norm(gradient(loss, rows, targets, cost, weights)), 0.01 * at_start) << cost;
      EXPECT_EQ(weights, problem.fit(loss, all_rows(), targets, cost)) << "another time";
      if (loss == LinearLoss::kSquared) continue;
      const auto warm = problem.fit(loss, all_rows(), targets, cost, weights);
      EXPECT_LT(norm(gradient(loss, rows, targets, cost, warm)), 0.01 * at_start) << "from there";
    }
  }
}

TEST(LinearProblem, FitsChosenRowsAlone) {
  const auto rows = random_rows();
  const LinearProblem problem(rows);
  const auto targets = numbers(rows);
  SparseRows some(kColumns);
  for (int64_t r = 10; r < 30; ++r) {
    for (const auto& [column, value] : rows.row(r)) some.add(column, value);
    some.end_row();
  }
  std::vector<int64_t> chosen(20), first(20);
  std::iota(chosen.begin(), chosen.end(), 10);
  std::iota(first.begin(), first.end(), 0);
  const std::vector<double> of_chosen(targets.begin() + 10, targets.begin() + 30);
  EXPECT_EQ(problem.fit(LinearLoss::kSquared, chosen, of_chosen, 1),
            LinearProblem(some).fit(LinearLoss::kSquared, first, of_chosen, 1));
}

TEST(LinearProblem, TargetsThatAreAllAlike) {
  const auto rows = random_rows();
  const LinearProblem problem(rows);
  for (const double target : {-1.0, 1.0}) {
    const auto weights = problem.fit(LinearLoss::kLogistic, all_rows(), std::vector<double>(kRows, target), 1);
    EXPECT_GT(target * linear_value(rows.row(0), std::span<const double>(weights)), 1000);
  }
}

TEST(LinearValue, IsOfTheColumnsAndTheConstant) {
  SparseRows rows(3);
  rows.add(0, 2);
  rows.add(1, 0.5);
  rows.end_row();
  rows.add(2, 1);
  rows.end_row();
  const std::vector<double> weights = {3, -4, 10};
  EXPECT_EQ(linear_value(rows.row(0), std::span<const double>(weights)), 2 * 3 - 0.5 * 4 + 10);
#ifndef NDEBUG
  EXPECT_DEATH((void)linear_value(rows.row(1), std::span<const double>(weights)), "weights.size");  // the constant
#endif
}

TEST(LinearProblem, PrintsNothing) {
  ::testing::internal::CaptureStdout();
  const auto rows = random_rows();
  (void)LinearProblem(rows).fit(LinearLoss::kSquared, all_rows(), numbers(rows), 1);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

TEST(Folds, DealOutEveryClass) {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < 100; ++i) labels.push_back(i % 10 == 0 ? 1 : 0);  // 90 and 10
  labels.push_back(2);
  const auto folds = deal_folds(labels);
  EXPECT_EQ(folds, deal_folds(labels));
  for (int64_t c = 0; c < 2; ++c) {
    std::vector<int64_t> rows(kFolds, 0);
    for (size_t i = 0; i < labels.size(); ++i)
      if (labels[i] == c) ++rows[static_cast<size_t>(folds[i])];
    EXPECT_LE(*std::max_element(rows.begin(), rows.end()) - *std::min_element(rows.begin(), rows.end()), 1);
  }
  const std::vector<int64_t> numbers = {5, 6, 7};
  const auto parts = rows_of_fold(std::vector<int>{0, 1, 0}, 0, numbers);
  EXPECT_EQ(parts.inside, (std::vector<int64_t>{5, 7}));
  EXPECT_EQ(parts.outside, (std::vector<int64_t>{6}));
}

}  // namespace
}  // namespace attune
