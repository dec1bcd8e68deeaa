// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "attune/metrics/calibration.hpp"

namespace attune {
namespace {

/// The definition, by softmax().
double mean_loss(const ClassScores& logits, const std::vector<int64_t>& labels, double temperature) {
  const auto p = softmax(logits, temperature);
  double sum = 0;
  int64_t rows = 0;
  for (size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] == kUnseenLabel) continue;
    sum -= std::log(p[row * logits.classes() + static_cast<size_t>(labels[row])]);
    ++rows;
  }
  return sum / static_cast<double>(rows);
}

// scipy 1.17.1:  z, y as below; f = lambda T: -scipy.special.log_softmax(z / T, axis=1)[np.arange(6), y].mean();
// r = scipy.optimize.minimize_scalar(lambda u: f(np.exp(u)), bounds=(np.log(.05), np.log(20)), method="bounded",
// options=dict(xatol=1e-12)); np.exp(r.x), f(np.exp(r.x)), f(1)
TEST(FitTemperature, IsTheMinimumThatScipyFinds) {
  const std::vector<float> z = {2, 1, 0, 0, 3, 1, 1, 1, 2, 4, 0, 0, 0, 1, 5, 3, 2, 0};
  const auto fit = fit_temperature(ClassScores(z, 3), std::vector<int64_t>{0, 1, 0, 0, 2, 1});
  EXPECT_NEAR(fit.temperature, 1.0660682145734663, 1e-6);
  EXPECT_NEAR(fit.negative_log_likelihood.value(), 0.5887870168045406, 1e-12);
  EXPECT_NEAR(fit.negative_log_likelihood_before.value(), 0.5897716840979865, 1e-12);
  EXPECT_EQ(fit.rows, 6);
}

/// Labels drawn from softmax(logits), and the logits then multiplied: the fit must find the factor again.
struct Drawn {
  std::vector<double> logits;
  std::vector<int64_t> labels;
};

Drawn drawn(uint64_t seed, size_t rows, size_t classes, double factor) {
  const RandomKey key(seed);
  Drawn result;
  for (size_t i = 0; i < rows * classes; ++i) result.logits.push_back(2 * key.normal(i));
  const auto p = softmax(ClassScores(result.logits, static_cast<int64_t>(classes)));
  for (size_t row = 0; row < rows; ++row) {
    double left = key.with("label").uniform(row);
    size_t c = 0;
    while (c + 1 < classes && left >= p[row * classes + c]) left -= p[row * classes + c++];
    result.labels.push_back(static_cast<int64_t>(c));
  }
  for (double& logit : result.logits) logit *= factor;
  return result;
}

TEST(FitTemperature, UndoesAKnownFactor) {
  for (const double factor : {0.1, 0.5, 1.0, 3.0, 10.0}) {
    const auto data = drawn(1, 5000, 4, factor);
    const auto fit = fit_temperature(ClassScores(data.logits, 4), data.labels);
    EXPECT_NEAR(fit.temperature / factor, 1, 0.06) << factor;
  }
}

TEST(FitTemperature, NoTemperatureOfAFineGridIsBetter) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const size_t rows = 1 + seed % 7;
    const double factor = std::exp(3 * RandomKey(seed).with("factor").normal(0));
    const auto data = drawn(seed, rows, 3, factor);
    const ClassScores logits(data.logits, 3);
    const auto fit = fit_temperature(logits, data.labels);
    EXPECT_GE(fit.temperature, 0.05);
    EXPECT_LE(fit.temperature, 20);
    const double found = *fit.negative_log_likelihood;
    EXPECT_LE(found, *fit.negative_log_likelihood_before);
    for (int i = 0; i <= 400; ++i) {
      const double temperature = std::exp(std::log(0.05) + (std::log(20) - std::log(0.05)) * i / 400);
      const double other = mean_loss(logits, data.labels, temperature);
      EXPECT_LE(found, other + 1e-10 * (1 + other)) << "seed " << seed << ", T " << temperature;
    }
  }
}

TEST(FitTemperature, GoesToItsLimits) {
  const std::vector<double> z = {1, 0, 0, 1};
  EXPECT_EQ(fit_temperature(ClassScores(z, 2), std::vector<int64_t>{0, 1}).temperature, 0.05) << "all right";
  EXPECT_EQ(fit_temperature(ClassScores(z, 2), std::vector<int64_t>{1, 0}).temperature, 20) << "all wrong";
}

TEST(FitTemperature, IsOneWhereNothingSpeaksForAnother) {
  const std::vector<double> equal = {2, 2, 2, 2};
  EXPECT_EQ(fit_temperature(ClassScores(equal, 2), std::vector<int64_t>{0, 1}).temperature, 1);
  const std::vector<double> one_class = {5, 7};
  EXPECT_EQ(fit_temperature(ClassScores(one_class, 1), std::vector<int64_t>{0, 0}).temperature, 1);
  const auto unseen = fit_temperature(ClassScores(equal, 2), std::vector<int64_t>{-1, -1});
  EXPECT_EQ(unseen.temperature, 1);
  EXPECT_EQ(unseen.rows, 0);
  EXPECT_FALSE(unseen.negative_log_likelihood.has_value());
  EXPECT_TRUE(to_json(unseen)["negative_log_likelihood"].is_null());
}

TEST(FitTemperature, LeavesUnseenRowsOut) {
  const auto data = drawn(3, 200, 3, 4);
  auto labels = data.labels;
  std::vector<double> kept_logits;
  std::vector<int64_t> kept_labels;
  for (size_t row = 0; row < labels.size(); ++row) {
    if (row % 3 == 0) {
      labels[row] = kUnseenLabel;
      continue;
    }
    kept_labels.push_back(labels[row]);
    for (size_t c = 0; c < 3; ++c) kept_logits.push_back(data.logits[row * 3 + c]);
  }
  const auto with_unseen = fit_temperature(ClassScores(data.logits, 3), labels);
  const auto without = fit_temperature(ClassScores(kept_logits, 3), kept_labels);
  EXPECT_EQ(with_unseen.temperature, without.temperature);
  EXPECT_EQ(with_unseen.rows, static_cast<int64_t>(kept_labels.size()));
}

/// The smoothed definition, by softmax().
double smoothed_loss(const ClassScores& logits, const std::vector<int64_t>& labels, double temperature, double share) {
  const auto p = softmax(logits, temperature);
  double sum = 0;
  for (size_t row = 0; row < labels.size(); ++row) {
    for (size_t c = 0; c < logits.classes(); ++c) {
      const double own = labels[row] == static_cast<int64_t>(c) ? 1 - share : 0;
      sum -= (own + share / static_cast<double>(logits.classes())) * std::log(p[row * logits.classes() + c]);
    }
  }
  return sum / static_cast<double>(labels.size());
}

TEST(FitTemperature, SmoothedIsTheMinimumOfTheSmoothedLoss) {
  const auto data = drawn(4, 60, 4, 3);
  const ClassScores logits(data.logits, 4);
  for (const double share : {0.01, 0.1, 0.5}) {
    const auto fit = fit_temperature(logits, data.labels, share);
    const double reached = smoothed_loss(logits, data.labels, fit.temperature, share);
    for (double t = 0.05; t <= 20; t *= 1.01) EXPECT_LE(reached, smoothed_loss(logits, data.labels, t, share) + 1e-12);
    EXPECT_EQ(*fit.negative_log_likelihood_before,
              *fit_temperature(logits, data.labels).negative_log_likelihood_before);
  }
}

TEST(FitTemperature, AFewRightRowsAreNoCertainty) {
  std::vector<double> z;
  for (int row = 0; row < 50; ++row) z.insert(z.end(), {3.0, 0.0});
  const auto fit = fit_temperature(ClassScores(z, 2), std::vector<int64_t>(50, 0), 2.0 / 52);
  EXPECT_NEAR(softmax(ClassScores(z, 2), fit.temperature)[0], 51.0 / 52, 1e-9);  // Laplace: (50 + 1) / (50 + 2)
}

TEST(FitTemperature, SmoothingOutOfRange) {
  const std::vector<double> z = {1, 0};
  for (const double share : {-0.1, 1.0, std::nan("")}) {
    EXPECT_THROW((void)fit_temperature(ClassScores(z, 2), std::vector<int64_t>{0}, share), UsageError);
  }
}

TEST(FitTemperature, HugeLogitsStayFinite) {
  const std::vector<double> z = {1e200, -1e200, 1e200, 0, 1e4, 0};
  const auto fit = fit_temperature(ClassScores(z, 2), std::vector<int64_t>{0, 0, 1});
  EXPECT_EQ(fit.temperature, 20);
  EXPECT_NEAR(*fit.negative_log_likelihood, 1e4 / 20 / 3, 1e-9);
}

}  // namespace
}  // namespace attune
