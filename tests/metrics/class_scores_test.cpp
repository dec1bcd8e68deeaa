// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/class_scores.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ClassScores, ReadsFloatsAndDoubles) {
  const std::vector<float> floats = {0.5F, 0.25F, 0.25F, 0, 1, 0};
  const std::vector<double> doubles(floats.begin(), floats.end());
  for (const auto& scores : {ClassScores(floats, 3), ClassScores(doubles, 3)}) {
    EXPECT_EQ(scores.rows(), 2U);
    EXPECT_EQ(scores.classes(), 3U);
    EXPECT_EQ(scores.at(0, 1), 0.25);
    EXPECT_EQ(scores.at(1, 1), 1.0);
    EXPECT_EQ(scores.best(0), 0U);
    EXPECT_EQ(scores.best(1), 1U);
  }
}

TEST(ClassScores, TheFirstOfEqualClassesIsBest) {
  const std::vector<double> values = {0.2, 0.4, 0.4};
  EXPECT_EQ(ClassScores(values, 3).best(0), 1U);
}

TEST(ClassScores, RefusesWrongSizes) {
  const std::vector<double> none, three = {0, 1, 2};
  EXPECT_EQ(message_of([&] { ClassScores(none, 2); }), "class scores: there is no row to measure; give at least one");
  EXPECT_EQ(message_of([&] { ClassScores(three, 0); }), "class scores: expected at least 1 class, found 0");
  EXPECT_EQ(message_of([&] { ClassScores(three, 2); }),
            "class scores: expected rows of 2 numbers, found 3 numbers in all");
}

TEST(ClassScores, RefusesWhatIsNotFinite) {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    const std::vector<double> values = {0, 1, 2, bad};
    EXPECT_EQ(message_of([&] { ClassScores(values, 2); }),
              "class scores: row 2, class 1: expected a finite number, found " + std::to_string(bad));
  }
}

TEST(CheckLabels, NamesTheRow) {
  const std::vector<double> values = {0, 1, 0, 1};
  const ClassScores scores(values, 2);
  const auto check = [&](const std::vector<int64_t>& labels) {
    return message_of([&] { check_labels(scores, labels); });
  };
  EXPECT_EQ(check({-1, 1}), "accepted");
  EXPECT_EQ(check({0}), "labels: expected one for each of 2 rows, found 1");
  EXPECT_EQ(check({0, 2}), "labels: row 2: expected -1 (unseen) to 1, found 2");
  EXPECT_EQ(check({-2, 0}), "labels: row 1: expected -1 (unseen) to 1, found -2");
}

TEST(CheckProbabilities, NamesTheRow) {
  const auto check = [&](const std::vector<double>& values) {
    return message_of([&] { check_probabilities(ClassScores(values, 2)); });
  };
  EXPECT_EQ(check({0.5, 0.5, 1, 0}), "accepted");
  EXPECT_EQ(check({0.5, 0.5, 0.9995, 0}), "accepted") << "rounding of half precision";
  EXPECT_EQ(check({0.5, 0.5, 2, -1}),
            "probabilities: row 2, class 0: expected a number from 0 to 1, found 2.000000; take the softmax of logits");
  EXPECT_EQ(
      check({1.0005, -0.0005}),
      "probabilities: row 1, class 1: expected a number from 0 to 1, found -0.000500; take the softmax of logits");
  EXPECT_EQ(check({0.5, 0.4}), "probabilities: row 1: expected a sum of 1, found 0.900000; take the softmax of logits");
}

}  // namespace
}  // namespace attune
