// SPDX-License-Identifier: Apache-2.0
//
// Numbers from scikit-learn 1.9.1, by
//   import numpy as np; from sklearn.metrics import *
//   p = np.array([[.7,.2,.1],[.1,.8,.1],[.3,.3,.4],[.25,.5,.25],[.6,.3,.1],[.05,.05,.9],[.4,.35,.25],[.2,.2,.6]])
//   y = np.array([0,1,2,0,1,2,0,1]); h = p.argmax(1)
//   accuracy_score(y, h), balanced_accuracy_score(y, h), f1_score(y, h, average="macro"), log_loss(y, p),
//   brier_score_loss(y, p, scale_by_half=False), precision_recall_fscore_support(y, h), confusion_matrix(y, h)
// and for unseen labels  y[[1, 4]] = -1; s = y >= 0  the same with log_loss(y[s], p[s], labels=[0, 1, 2]) and
// ((p[s] - np.eye(3)[y[s]])**2).sum(1).mean().
#include "attune/metrics/classification.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;

const std::vector<double> kProbabilities = {.7, .2, .1, .1,  .8,  .1, .3, .3,  .4,  .25, .5, .25,
                                            .6, .3, .1, .05, .05, .9, .4, .35, .25, .2,  .2, .6};
const std::vector<int64_t> kLabels = {0, 1, 2, 0, 1, 2, 0, 1};
const std::vector<int64_t> kLabelsWithUnseen = {0, -1, 2, 0, -1, 2, 0, 1};

TEST(ClassificationMetrics, AreThoseOfScikitLearn) {
  const auto m = classification_metrics(ClassScores(kProbabilities, 3), kLabels);
  EXPECT_EQ(m.rows, 8);
  EXPECT_EQ(m.unseen_labels, 0);
  EXPECT_DOUBLE_EQ(m.accuracy, 0.625);
  EXPECT_DOUBLE_EQ(m.balanced_accuracy, 0.6666666666666666);
  EXPECT_DOUBLE_EQ(m.macro_f1, 0.6222222222222222);
  EXPECT_DOUBLE_EQ(m.negative_log_likelihood.value(), 0.8396831940673757);
  EXPECT_DOUBLE_EQ(m.brier_score.value(), 0.509375);
  EXPECT_THAT(m.confusion, ElementsAre(2, 1, 0, 1, 1, 1, 0, 0, 2));
  EXPECT_THAT(m.unseen_predicted_as, ElementsAre(0, 0, 0));
}

TEST(ClassificationMetrics, PerClassAreThoseOfScikitLearn) {
  const auto m = classification_metrics(ClassScores(kProbabilities, 3), kLabels);
  const double precision[] = {2.0 / 3, 0.5, 2.0 / 3}, recall[] = {2.0 / 3, 1.0 / 3, 1}, f1[] = {2.0 / 3, 0.4, 0.8};
  const int64_t support[] = {3, 3, 2}, predicted[] = {3, 2, 3};
  ASSERT_EQ(m.per_class.size(), 3U);
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_DOUBLE_EQ(m.per_class[c].precision, precision[c]) << c;
    EXPECT_DOUBLE_EQ(m.per_class[c].recall, recall[c]) << c;
    EXPECT_DOUBLE_EQ(m.per_class[c].f1, f1[c]) << c;
    EXPECT_EQ(m.per_class[c].support, support[c]) << c;
    EXPECT_EQ(m.per_class[c].predicted, predicted[c]) << c;
  }
}

TEST(ClassificationMetrics, UnseenLabelsAreWrongEverywhere) {
  const auto m = classification_metrics(ClassScores(kProbabilities, 3), kLabelsWithUnseen);
  EXPECT_EQ(m.rows, 8);
  EXPECT_EQ(m.unseen_labels, 2);
  EXPECT_DOUBLE_EQ(m.accuracy, 0.5);
  EXPECT_DOUBLE_EQ(m.balanced_accuracy, 0.41666666666666663);
  EXPECT_DOUBLE_EQ(m.macro_f1, 0.3666666666666667);
  EXPECT_DOUBLE_EQ(m.negative_log_likelihood.value(), 0.8817248661498099);
  EXPECT_DOUBLE_EQ(m.brier_score.value(), 0.5258333333333334);
  EXPECT_THAT(m.confusion, ElementsAre(2, 1, 0, 0, 0, 1, 0, 0, 2));
  EXPECT_THAT(m.unseen_predicted_as, ElementsAre(1, 1, 0));
  EXPECT_EQ(m.per_class[0].predicted, 3) << "a wrongly predicted row is one of those predicted";
}

TEST(ClassificationMetrics, WithoutAnySeenLabel) {
  const std::vector<double> p = {0.8, 0.2};
  const auto m = classification_metrics(ClassScores(p, 2), std::vector<int64_t>{-1});
  EXPECT_EQ(m.accuracy, 0);
  EXPECT_EQ(m.balanced_accuracy, 0);
  EXPECT_EQ(m.macro_f1, 0);
  EXPECT_FALSE(m.negative_log_likelihood.has_value());
  EXPECT_FALSE(m.brier_score.has_value());
  EXPECT_DOUBLE_EQ(m.expected_calibration_error, 0.8);
  EXPECT_TRUE(to_json(m)["brier_score"].is_null());
}

TEST(ClassificationMetrics, ClassesThatDoNotOccurAreLeftOutOfAverages) {
  // Class 2 neither occurs nor is predicted; class 1 is predicted once and does not occur.
  const std::vector<double> p = {0.9, 0.1, 0, 0.2, 0.8, 0};
  const auto m = classification_metrics(ClassScores(p, 3), std::vector<int64_t>{0, 0});
  EXPECT_DOUBLE_EQ(m.balanced_accuracy, 0.5);       // recall of class 0 alone
  EXPECT_DOUBLE_EQ(m.macro_f1, (2.0 / 3 + 0) / 2);  // classes 0 and 1
  EXPECT_EQ(m.per_class[2].precision, 0);
}

TEST(ClassificationMetrics, AProbabilityOfZeroIsBounded) {
  const std::vector<double> p = {1, 0, 1, 0};
  const auto m = classification_metrics(ClassScores(p, 2), std::vector<int64_t>{1, 0});
  EXPECT_DOUBLE_EQ(m.negative_log_likelihood.value(), -std::log(1e-15) / 2);
  EXPECT_DOUBLE_EQ(m.brier_score.value(), 1) << "2 for the wrong row, 0 for the right one";
}

TEST(ClassificationMetrics, OneClassAndOneRow) {
  const std::vector<float> p = {1};
  const auto m = classification_metrics(ClassScores(p, 1), std::vector<int64_t>{0});
  EXPECT_EQ(m.accuracy, 1);
  EXPECT_EQ(m.macro_f1, 1);
  EXPECT_EQ(m.negative_log_likelihood.value(), 0);
  EXPECT_EQ(m.expected_calibration_error, 0);
}

TEST(ClassificationMetrics, RefuseLogits) {
  const std::vector<double> logits = {3, -1};
  EXPECT_THROW((void)classification_metrics(ClassScores(logits, 2), std::vector<int64_t>{0}), UsageError);
}

TEST(ClassificationMetrics, AsJson) {
  const std::vector<double> p = {0.75, 0.25, 0.5, 0.5};
  const auto m = classification_metrics(ClassScores(p, 2), std::vector<int64_t>{0, -1});
  const std::vector<std::string> names = {"good", "bad"};
  const Json json = to_json(m, names);
  EXPECT_EQ(json["accuracy"], 0.5);
  EXPECT_EQ(json["unseen_labels"], 1);
  EXPECT_EQ(json["confusion"].dump(), "[[1,0],[0,0]]");
  EXPECT_EQ(json["unseen_predicted_as"].dump(), "[1,0]");
  EXPECT_EQ(json["per_class"][0].dump(),
            R"({"class":"good","precision":0.5,"recall":1.0,"f1":0.6666666666666666,"support":1,"predicted":2})");
  EXPECT_EQ(to_json(m)["per_class"][1]["class"], 1);
  EXPECT_THROW((void)to_json(m, std::vector<std::string>{"good"}), UsageError);
}

}  // namespace
}  // namespace attune
