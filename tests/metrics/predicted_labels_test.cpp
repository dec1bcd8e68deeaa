// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/predicted_labels.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "attune/core/error.hpp"
#include "attune/metrics/classification.hpp"
#include "support/message_of.hpp"

namespace attune {
namespace {

using Labels = std::vector<int64_t>;

struct LabelsCase {
  const char* name;
  Labels predicted, labels;
  int64_t classes;
};

TEST(LabelMetrics, AreThoseOfCertainProbabilities) {
  const std::vector<LabelsCase> cases = {{"all right", {0, 1, 2}, {0, 1, 2}, 3},
                                         {"all wrong", {1, 0}, {0, 1}, 2},
                                         {"one class", {0, 0}, {0, 0}, 1},
                                         {"uneven", {0, 0, 1, 0, 2, 2}, {0, 0, 0, 0, 1, 2}, 4},
                                         {"unseen", {0, 1, 1, 0}, {0, -1, 1, -1}, 2},
                                         {"nothing but unseen", {1}, {-1}, 2}};
  for (const auto& c : cases) {
    std::vector<double> certain(c.labels.size() * static_cast<size_t>(c.classes), 0);
    for (size_t i = 0; i < c.labels.size(); ++i)
      certain[i * static_cast<size_t>(c.classes) + static_cast<size_t>(c.predicted[i])] = 1;
    const auto expected = classification_metrics(ClassScores(certain, c.classes), c.labels);
    const auto found = label_metrics(c.predicted, c.labels, c.classes);
    EXPECT_DOUBLE_EQ(found.accuracy, expected.accuracy) << c.name;
    EXPECT_DOUBLE_EQ(found.balanced_accuracy, expected.balanced_accuracy) << c.name;
  }
}

TEST(LabelMetrics, RefuseNonsense) {
  const auto message = [](const Labels& predicted, const Labels& labels) {
    return testing::message_of<UsageError>([&] { (void)label_metrics(predicted, labels, 2); });
  };
  EXPECT_EQ(message({}, {}), "predicted classes: there is no row to measure; give at least one");
  EXPECT_EQ(message({0}, {0, 1}), "predicted classes: expected one for each of 2 rows, found 1");
  EXPECT_EQ(message({0, -1}, {0, 1}), "row 2: expected a predicted class from 0 to 1, found -1");
  EXPECT_EQ(message({0, 1}, {0, 2}), "row 2: expected a true class from -1 to 1, found 2");
}

}  // namespace
}  // namespace attune
