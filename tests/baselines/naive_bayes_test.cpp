// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/naive_bayes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "attune/metrics/class_scores.hpp"
#include "support/message_of.hpp"

namespace attune {
namespace {

using testing::message_of;
using Labels = std::vector<int64_t>;

SparseRows sparse(int64_t columns, const std::vector<std::vector<double>>& dense) {
  SparseRows rows(columns);
  for (const auto& row : dense) {
    for (size_t f = 0; f < row.size(); ++f) rows.add(static_cast<int64_t>(f), row[f]);
    rows.end_row();
  }
  return rows;
}

/// Rows of small counts, most of them 0; column 0 is in every row, and the last column in none.
std::vector<std::vector<double>> random_counts(size_t rows, size_t columns, uint64_t seed) {
  const RandomKey key(seed);
  std::vector<std::vector<double>> dense(rows, std::vector<double>(columns, 0));
  for (size_t i = 0; i < rows * (columns - 1); ++i) {
    const double draw = key.uniform(i);
    dense[i / (columns - 1)][i % (columns - 1)] = draw < 0.6 ? 0 : draw < 0.8 ? 1 : draw < 0.95 ? 2 : 5;
  }
  for (auto& row : dense) row[0] = 1;
  return dense;
}

Labels random_labels(size_t rows, int64_t classes, uint64_t seed) {
  Labels labels;
  for (size_t i = 0; i < rows; ++i)
    labels.push_back(static_cast<int64_t>(RandomKey(seed).with("labels").bits(i) % static_cast<uint64_t>(classes)));
  return labels;
}

/// ln P(class, row), straight from the definition, over every column of a dense matrix.
double joint(NaiveBayesKind kind, const std::vector<std::vector<double>>& rows, const Labels& labels, int64_t c,
             const std::vector<double>& row) {
  double in_class = 0, labelled = 0, total = 0;
  std::vector<double> counts(row.size(), 0);
  for (size_t i = 0; i < rows.size(); ++i) {
    labelled += labels[i] == kUnseenLabel ? 0 : 1;
    if (labels[i] != c) continue;
    ++in_class;
    for (size_t f = 0; f < row.size(); ++f) {
      const double amount = kind == NaiveBayesKind::kMultinomial ? rows[i][f] : rows[i][f] > 0 ? 1 : 0;
      counts[f] += amount;
      total += amount;
    }
  }
  if (in_class == 0) return -std::numeric_limits<double>::infinity();
  double sum = std::log(in_class / labelled);
  for (size_t f = 0; f < row.size(); ++f) {
    const double p = kind == NaiveBayesKind::kMultinomial ? (counts[f] + 1) / (total + static_cast<double>(row.size()))
                                                          : (counts[f] + 1) / (in_class + 2);
    if (kind == NaiveBayesKind::kMultinomial) sum += row[f] * std::log(p);
    if (kind == NaiveBayesKind::kBernoulli) sum += std::log(row[f] > 0 ? p : 1 - p);
  }
  return sum;
}

class BothKinds : public ::testing::TestWithParam<NaiveBayesKind> {};
INSTANTIATE_TEST_SUITE_P(NaiveBayes, BothKinds,
                         ::testing::Values(NaiveBayesKind::kMultinomial, NaiveBayesKind::kBernoulli));

TEST_P(BothKinds, IsTheDefinition) {
  for (const int64_t classes : {3, 4, 7}) {
    const auto dense = random_counts(30, 9, 1);
    auto labels = random_labels(30, classes - 1, 2);  // the last class has no row
    labels[3] = kUnseenLabel;
    const NaiveBayes fitted(GetParam(), sparse(9, dense), labels, classes);
    const auto asked = random_counts(300, 9, 3);
    const auto rows = sparse(9, asked);
    std::set<int64_t> predicted;
    for (size_t i = 0; i < asked.size(); ++i) {
      std::vector<double> joints;
      for (int64_t c = 0; c < classes; ++c) joints.push_back(joint(GetParam(), dense, labels, c, asked[i]));
      const auto found = fitted.predict(rows.row(static_cast<int64_t>(i)));
      EXPECT_EQ(found, std::max_element(joints.begin(), joints.end()) - joints.begin())
          << classes << " classes, row " << i;
      predicted.insert(found);
    }
    EXPECT_GE(predicted.size(), 2U) << "one answer to all proves little";
  }
}

TEST_P(BothKinds, OneClassAlone) {
  const auto rows = sparse(2, {{1, 0}, {1, 1}});
  EXPECT_EQ(NaiveBayes(GetParam(), rows, Labels{1, 1}, 3).predict(rows.row(0)), 1);
}

TEST_P(BothKinds, RowsOfNothingLeaveThePrior) {
  const auto rows = sparse(0, {{}, {}, {}});
  EXPECT_EQ(NaiveBayes(GetParam(), rows, Labels{0, 1, 1}, 2).predict(rows.row(0)), 1);
  EXPECT_EQ(NaiveBayes(GetParam(), rows, Labels{1, 0, -1}, 2).predict(rows.row(0)), 0);  // the first of equal ones
}

TEST_P(BothKinds, LongRowsStayFinite) {
  const auto rows = sparse(2, {{1e6, 0}, {0, 1e6}});
  const NaiveBayes fitted(GetParam(), rows, Labels{0, 1}, 2);
  EXPECT_EQ(fitted.predict(rows.row(0)), 0);
  EXPECT_EQ(fitted.predict(rows.row(1)), 1);
}

TEST(NaiveBayes, ByHand) {
  // Class 0: "a a b"; class 1: "b c" and "b"; so that their priors are 1/3 and 2/3.
  const auto training = sparse(3, {{2, 1, 0}, {0, 1, 1}, {0, 1, 0}});
  const auto asked = sparse(3, {{1, 0, 0}, {0, 1, 0}, {1, 0, 2}, {1, 2, 0}});
  const auto predicted = [&](NaiveBayesKind kind) {
    const NaiveBayes fitted(kind, training, Labels{0, 1, 1}, 2);
    Labels classes;
    for (int64_t r = 0; r < asked.rows(); ++r) classes.push_back(fitted.predict(asked.row(r)));
    return classes;
  };
  // P(a, b, c | 0) = 3/6, 2/6, 1/6 and P(a, b, c | 1) = 1/6, 3/6, 2/6. Of "a" 0.167 : 0.111, of "b" 0.111 : 0.333, of
  // "a c c" 0.0046 : 0.0123, of "a b b" 0.0185 : 0.0278.
  EXPECT_EQ(predicted(NaiveBayesKind::kMultinomial), (Labels{0, 1, 1, 1}));
  // P(a, b, c | 0) = 2/3, 2/3, 1/3 and P(a, b, c | 1) = 1/4, 3/4, 2/4, and what is not there counts as well. Of "a"
  // 0.049 : 0.021, of "b" 0.049 : 0.188, of "a c" 0.025 : 0.021, of "a b" 0.099 : 0.063.
  EXPECT_EQ(predicted(NaiveBayesKind::kBernoulli), (Labels{0, 1, 0, 0}));
}

TEST(NaiveBayes, AThousandClassesOfAMillionColumns) {
  // Held densely this would be 8 GB.
  SparseRows rows(1 << 20);
  Labels labels;
  for (int64_t r = 0; r < 4000; ++r) {
    rows.add((r % 1000) * 1000, 1);
    rows.add((r % 1000) * 1000 + r / 1000, r >= 1000 ? 1 : 0);
    rows.end_row();
    labels.push_back(r % 1000);
  }
  const NaiveBayes fitted(NaiveBayesKind::kMultinomial, rows, labels, 1000);
  for (const int64_t r : {0, 1777, 3999}) {
    EXPECT_EQ(fitted.predict(rows.row(r)), r % 1000);
  }
}

TEST(NaiveBayes, RefusesNonsense) {
  const auto rows = sparse(1, {{1}, {1}});
  const auto fit = [&](const Labels& labels) {
    return message_of<UsageError>([&] { NaiveBayes(NaiveBayesKind::kMultinomial, rows, labels, 2); });
  };
  EXPECT_EQ(fit({0}), "naive Bayes: expected a class for each of 2 rows, found 1");
  EXPECT_EQ(fit({0, 2}), "naive Bayes: expected a class from 0 to 1, found 2");
  EXPECT_EQ(fit({-1, -1}), "naive Bayes: no row with a class to count; give at least one");
}

}  // namespace
}  // namespace attune
