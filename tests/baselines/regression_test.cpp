// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "logistic_regression.hpp"
#include "ridge_regression.hpp"

namespace attune {
namespace {

/// `classes` clouds of points around the corners of a grid, in turn.
SparseRows clouds(int64_t rows, int64_t classes, double spread) {
  SparseRows result(2);
  for (int64_t r = 0; r < rows; ++r) {
    const auto c = static_cast<double>(r % classes);
    const double angle = 2 * M_PI * c / static_cast<double>(classes);
    result.add(0, 5 * std::cos(angle) + spread * RandomKey(1).normal(static_cast<uint64_t>(2 * r)));
    result.add(1, 5 * std::sin(angle) + spread * RandomKey(1).normal(static_cast<uint64_t>(2 * r + 1)));
    result.end_row();
  }
  return result;
}

std::vector<int64_t> in_turn(int64_t rows, int64_t classes) {
  std::vector<int64_t> labels;
  for (int64_t r = 0; r < rows; ++r) labels.push_back(r % classes);
  return labels;
}

TEST(LogisticRegression, TellsClassesApart) {
  Executor executor(1), three(3);
  for (const int64_t classes : {2, 3, 5}) {
    const auto rows = clouds(120, classes, 0.5);
    const auto labels = in_turn(120, classes);
    const LogisticRegression fitted(rows, labels, {executor}), again(rows, labels, {three});
    for (int64_t r = 0; r < rows.rows(); ++r) {
      EXPECT_EQ(fitted.predict(rows.row(r)), labels[static_cast<size_t>(r)]) << classes << " classes, row " << r;
      EXPECT_EQ(fitted.predict(rows.row(r)), again.predict(rows.row(r)));
    }
    EXPECT_EQ(fitted.cost(), again.cost());
  }
}

TEST(LogisticRegression, ClassesWithoutRowsAreNotPredicted) {
  Executor executor(1);
  const auto rows = clouds(20, 2, 0.1);
  auto labels = in_turn(20, 2);
  for (auto& label : labels) label = label == 0 ? 3 : 7;
  const LogisticRegression two(rows, labels, {executor});
  EXPECT_EQ(two.predict(rows.row(0)), 3);
  EXPECT_EQ(two.predict(rows.row(1)), 7);
  EXPECT_EQ(LogisticRegression(rows, std::vector<int64_t>(20, 4), {executor}).predict(rows.row(0)), 4);
}

TEST(LogisticRegression, FewRows) {
  Executor executor(1);
  for (const int64_t count : {1, 2, 3, 4}) {
    const auto rows = clouds(count, 4, 0.1);
    const LogisticRegression fitted(rows, in_turn(count, 4), {executor});
    for (int64_t r = 0; r < count; ++r) EXPECT_EQ(fitted.predict(rows.row(r)), r) << count << " rows";
  }
}

double negative_log_likelihood(const LogisticRegression& fitted, const SparseRows& rows,
                               const std::vector<int64_t>& labels, int64_t classes) {
  double sum = 0;
  for (int64_t r = 0; r < rows.rows(); ++r)
    sum -= fitted.log_probabilities(rows.row(r), classes)[static_cast<size_t>(labels[static_cast<size_t>(r)])];
  return sum / static_cast<double>(rows.rows());
}

/// Labels of which every seventh is another class's.
std::vector<int64_t> with_mistakes(std::vector<int64_t> labels, int64_t classes) {
  for (size_t i = 0; i < labels.size(); i += 7) labels[i] = (labels[i] + 1) % classes;
  return labels;
}

TEST(LogisticRegression, IsRegularisedAsSuitsTheRowsHeldOut) {
  Executor executor(2);
  for (const int64_t classes : {2, 3}) {
    const auto rows = clouds(210, classes, 2);
    const auto clean = in_turn(210, classes), noisy = with_mistakes(clean, classes);
    const LogisticRegression sure(rows, clean, LogisticRegression::HeldOut{rows, clean}, {executor});
    const LogisticRegression unsure(rows, clean, LogisticRegression::HeldOut{rows, noisy}, {executor});
    EXPECT_GT(sure.cost(), unsure.cost()) << "errors weigh less where labels are mistaken";
    EXPECT_LT(negative_log_likelihood(sure, rows, clean, classes),
              negative_log_likelihood(unsure, rows, clean, classes));
    EXPECT_LT(negative_log_likelihood(unsure, rows, noisy, classes),
              negative_log_likelihood(sure, rows, noisy, classes));
  }
}

TEST(LogisticRegression, RowsHeldOutOfUnknownClassesSayNothing) {
  Executor executor(1);
  const auto rows = clouds(120, 3, 2);
  const auto labels = in_turn(120, 3);
  SparseRows more = clouds(120, 3, 2);
  auto labels_of_more = labels;
  for (const int64_t unknown : {-1, 7}) {
    more.add(0, 5);
    more.end_row();
    labels_of_more.push_back(unknown);
  }
  const LogisticRegression with(rows, labels, LogisticRegression::HeldOut{more, labels_of_more}, {executor});
  const LogisticRegression without(rows, labels, LogisticRegression::HeldOut{rows, labels}, {executor});
  EXPECT_EQ(with.cost(), without.cost());
  const LogisticRegression nothing(rows, labels, LogisticRegression::HeldOut{more, std::vector<int64_t>(122, -1)},
                                   {executor});
  EXPECT_GT(nothing.cost(), 0);
}

TEST(LogisticRegression, IsStopped) {
  Executor executor(1);
  EXPECT_THROW(LogisticRegression(clouds(30, 2, 1), in_turn(30, 2), {executor, [] { return true; }}), StoppedError);
}

TEST(RidgeRegression, IsTheClosedFormOfOneColumn) {
  Executor executor(1);
  SparseRows rows(1);
  std::vector<double> targets;
  for (int i = 0; i < 50; ++i) {
    rows.add(0, i % 2 == 0 ? 1 : -1);  // centred, so that the constant is 0 beside centred targets
    rows.end_row();
    targets.push_back(100 + (i % 2 == 0 ? 4 : -4));
  }
  const RidgeRegression fitted(rows, targets, {executor});
  // With targets scaled to 1 and -1: w = 2 C sum(x y) / (1 + 2 C sum(x^2)).
  const double weight = 100 * fitted.cost() / (1 + 100 * fitted.cost());
  EXPECT_NEAR(fitted.predict(rows.row(0)), 100 + 4 * weight, 1e-3);
  EXPECT_NEAR(fitted.predict(rows.row(1)), 100 - 4 * weight, 1e-3);
}

TEST(RidgeRegression, TheCostFollowsTheNoise) {
  Executor executor(1);
  SparseRows rows(30);
  std::vector<double> order, noise;
  for (int64_t r = 0; r < 90; ++r) {
    for (int64_t f = 0; f < 30; ++f) rows.add(f, RandomKey(3).normal(static_cast<uint64_t>(r * 30 + f)));
    rows.end_row();
    order.push_back(static_cast<double>(rows.row(r)[0].value) - static_cast<double>(rows.row(r)[1].value));
    noise.push_back(RandomKey(4).normal(static_cast<uint64_t>(r)));
  }
  EXPECT_EQ(RidgeRegression(rows, order, {executor}).cost(), 100);
  EXPECT_EQ(RidgeRegression(rows, noise, {executor}).cost(), 0.01);
}

TEST(RidgeRegression, AwkwardTargets) {
  Executor executor(1);
  struct Case {
    std::string name;
    std::vector<double> targets;
    bool exact = false;
  };
  const double huge = 1.5e308;
  const std::vector<Case> cases = {{"constant", std::vector<double>(8, 3.25), true},
                                   {"huge", {huge, -huge, huge, -huge, huge, -huge, huge, -huge}},
                                   {"tiny", {1e-300, 2e-300, 1e-300, 2e-300, 1e-300, 2e-300, 1e-300, 2e-300}},
                                   {"one row", {5}, true},
                                   {"two rows", {5, 6}}};
  for (const auto& c : cases) {
    const auto rows = clouds(static_cast<int64_t>(c.targets.size()), 2, 0.1);
    const RidgeRegression fitted(rows, c.targets, {executor});
    for (int64_t r = 0; r < rows.rows(); ++r) EXPECT_TRUE(std::isfinite(fitted.predict(rows.row(r)))) << c.name;
    if (c.exact) {
      EXPECT_EQ(fitted.predict(rows.row(0)), c.targets.front()) << c.name;
    }
    SparseRows far(2);
    far.add(0, static_cast<double>(3e38F));
    far.end_row();
    EXPECT_TRUE(std::isfinite(fitted.predict(far.row(0)))) << c.name << ", far away";
  }
}

}  // namespace
}  // namespace attune
