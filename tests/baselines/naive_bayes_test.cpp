// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/naive_bayes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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

/// ln(P(c | row) / P(not c | row)) by the definition.
std::vector<double> expected_odds(NaiveBayesKind kind, const std::vector<std::vector<double>>& rows,
                                  const Labels& labels, int64_t classes, const std::vector<double>& row) {
  std::vector<long double> joints;
  for (int64_t c = 0; c < classes; ++c) joints.push_back(joint(kind, rows, labels, c, row));
  std::vector<double> odds;
  for (size_t c = 0; c < joints.size(); ++c) {
    long double others = 0;  // as shares of this class, which long double holds for these small rows
    for (size_t other = 0; other < joints.size(); ++other)
      if (other != c) others += std::exp(joints[other] - joints[c]);
    odds.push_back(static_cast<double>(-std::log(others)));
  }
  return odds;
}

void expect_near(const std::vector<double>& expected, const std::vector<double>& found, const std::string& where) {
  ASSERT_EQ(expected.size(), found.size()) << where;
  for (size_t c = 0; c < expected.size(); ++c) {
    if (std::isinf(expected[c]))
      EXPECT_EQ(expected[c], found[c]) << where << ", class " << c;
    else
      EXPECT_NEAR(expected[c], found[c], 1e-9 * (1 + std::abs(expected[c]))) << where << ", class " << c;
  }
}

class BothKinds : public ::testing::TestWithParam<NaiveBayesKind> {};
INSTANTIATE_TEST_SUITE_P(NaiveBayes, BothKinds,
                         ::testing::Values(NaiveBayesKind::kMultinomial, NaiveBayesKind::kBernoulli));

TEST_P(BothKinds, IsTheDefinition) {
  for (const int64_t classes : {2, 3, 7}) {
    const auto dense = random_counts(30, 9, 1);
    auto labels = random_labels(30, classes - 1, 2);  // the last class has no row
    labels[3] = kUnseenLabel;
    const NaiveBayes fitted(GetParam(), sparse(9, dense), labels, classes);
    const auto asked = random_counts(5, 9, 3);
    const auto rows = sparse(9, asked);
    for (size_t i = 0; i < asked.size(); ++i) {
      const auto odds = fitted.log_odds(rows.row(static_cast<int64_t>(i)));
      EXPECT_EQ(fitted.predict(rows.row(static_cast<int64_t>(i))),
                std::max_element(odds.begin(), odds.end()) - odds.begin());
      expect_near(expected_odds(GetParam(), dense, labels, classes, asked[i]),
                  fitted.log_odds(rows.row(static_cast<int64_t>(i))), std::to_string(classes) + " classes");
    }
  }
}

TEST_P(BothKinds, WithoutARowIsTheFitWithoutIt) {
  for (const int64_t classes : {2, 3, 12}) {  // of 12 classes some have one row
    auto dense = random_counts(25, 8, 4);
    std::fill(dense[5].begin(), dense[5].end(), 0);  // an empty row
    const auto labels = random_labels(25, classes, 5);
    const auto rows = sparse(8, dense);
    const NaiveBayes fitted(GetParam(), rows, labels, classes);
    for (size_t i = 0; i < dense.size(); ++i) {
      auto fewer = dense;
      auto fewer_labels = labels;
      fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(i));
      fewer_labels.erase(fewer_labels.begin() + static_cast<ptrdiff_t>(i));
      const auto row = rows.row(static_cast<int64_t>(i));
      const NaiveBayes refitted(GetParam(), sparse(8, fewer), fewer_labels, classes);
      expect_near(refitted.log_odds(row), fitted.log_odds_without(row, labels[i]),
                  std::to_string(classes) + " classes without row " + std::to_string(i));
    }
  }
}

TEST_P(BothKinds, OneClassAlone) {
  const auto rows = sparse(2, {{1, 0}, {1, 1}});
  const auto odds = NaiveBayes(GetParam(), rows, Labels{1, 1}, 3).log_odds(rows.row(0));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(odds, (std::vector<double>{-infinity, infinity, -infinity}));
}

TEST_P(BothKinds, RowsOfNothingLeaveThePrior) {
  const auto rows = sparse(0, {{}, {}, {}});
  const auto odds = NaiveBayes(GetParam(), rows, Labels{0, 0, 1}, 2).log_odds(rows.row(0));
  EXPECT_NEAR(odds[0], std::log(2), 1e-12);
  EXPECT_NEAR(odds[1], -std::log(2), 1e-12);
}

TEST_P(BothKinds, LongRowsStayFinite) {
  const auto rows = sparse(2, {{1e6, 0}, {0, 1e6}});
  const NaiveBayes fitted(GetParam(), rows, Labels{0, 1}, 2);
  const auto odds = fitted.log_odds(rows.row(0));
  EXPECT_TRUE(std::isfinite(odds[0]) && std::isfinite(odds[1]));
  EXPECT_GT(odds[0], 1);
  EXPECT_NEAR(odds[0], -odds[1], 1e-9 * odds[0]);
}

TEST(NaiveBayes, ByHand) {
  // Class 0: "a a b", class 1: "b c": P(a|0) = 3/6, P(a|1) = 1/5, equal priors.
  const auto rows = sparse(3, {{2, 1, 0}, {0, 1, 1}, {1, 0, 0}});
  SparseRows training(3);
  for (int64_t r = 0; r < 2; ++r) {
    for (const auto& [column, value] : rows.row(r)) training.add(column, value);
    training.end_row();
  }
  const NaiveBayes fitted(NaiveBayesKind::kMultinomial, training, Labels{0, 1}, 2);
  EXPECT_NEAR(fitted.log_odds(rows.row(2))[0], std::log(2.5), 1e-12);
  // Bernoulli: P(a|0) = P(b|0) = 2/3, P(c|0) = 1/3; P(a|1) = 1/3, P(b|1) = P(c|1) = 2/3. Of "a": 2/3 1/3 2/3 : 1/3 1/3
  // 1/3.
  const NaiveBayes by_presence(NaiveBayesKind::kBernoulli, training, Labels{0, 1}, 2);
  EXPECT_NEAR(by_presence.log_odds(rows.row(2))[0], std::log(4), 1e-12);
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
    const auto odds = fitted.log_odds(rows.row(r));
    EXPECT_EQ(std::max_element(odds.begin(), odds.end()) - odds.begin(), r % 1000);
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
  const NaiveBayes one(NaiveBayesKind::kMultinomial, rows, Labels{0, -1}, 2);
  EXPECT_EQ(message_of<UsageError>([&] { (void)one.log_odds_without(rows.row(0), 0); }),
            "naive Bayes: without its only row nothing is left to count");
  EXPECT_EQ(message_of<UsageError>([&] { (void)one.log_odds_without(rows.row(0), -1); }),
            "naive Bayes: expected a class from 0 to 1, found -1");
}

}  // namespace
}  // namespace attune
