// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/metrics/class_scores.hpp"

namespace attune {

/// Predictions of about the same confidence, and how often they were right.
struct ReliabilityBin {
  double lowest = 0;   ///< confidence in the bin
  double highest = 0;  ///< confidence in the bin
  double mean_confidence = 0;
  double accuracy = 0;
  int64_t rows = 0;
};

/// Bins of equal mass over `confidence`, ascending: at most `bins`, each with rows / bins rows as nearly as possible.
/// Rows of equal confidence are never parted, so that the result does not depend on the order of rows; there are then
/// fewer bins. `correct`: 1 where the prediction was right, else 0.
/// @throws UsageError for no row, sizes that differ, bins < 1, or a confidence outside 0 to 1.
[[nodiscard]] std::vector<ReliabilityBin> reliability_bins(Numbers confidence, std::span<const uint8_t> correct,
                                                           int64_t bins = 15);
/// The same for the predicted class of each row; kUnseenLabel counts as wrong.
[[nodiscard]] std::vector<ReliabilityBin> reliability_bins(const ClassScores& probabilities,
                                                           std::span<const int64_t> labels, int64_t bins = 15);

/// Mean over rows of the distance between a bin's accuracy and its mean confidence. @throws UsageError for no row.
[[nodiscard]] double expected_calibration_error(std::span<const ReliabilityBin> bins);

/// softmax(logits / temperature), row by row, in double. @throws UsageError unless temperature is positive and finite.
[[nodiscard]] std::vector<double> softmax(const ClassScores& logits, double temperature = 1);

/// The limits of what is fitted: no logits are worth more, or less.
inline constexpr double kLowestTemperature = 0.05;
inline constexpr double kHighestTemperature = 20;

/// The temperature that calibrates logits (Guo, Pleiss, Sun, Weinberger 2017, arXiv:1706.04599).
struct TemperatureFit {
  double temperature = 1;                                ///< from 0.05 to 20
  int64_t rows = 0;                                      ///< rows it was fitted on, those with kUnseenLabel left out
  std::optional<double> negative_log_likelihood_before;  ///< at temperature 1; none without rows
  std::optional<double> negative_log_likelihood;  ///< at `temperature`; without smoothing never above that before
};

/// Minimises the negative log likelihood of softmax(logits / T). It is convex in 1/T, so that the one point where its
/// derivative changes sign, or the nearer limit, is the minimum. T = 1 when no row has a label known from training.
/// @param smoothing  share of each label that is spread over all classes while T is sought. Without, rows that are all
///   right ask for the lowest T, however few they are. C / (rows + C), Laplace's rule, gives the targets of Platt 1999,
///   "Probabilistic outputs for support vector machines".
/// @throws UsageError when there is no row, a label is out of range or smoothing is not in [0, 1).
[[nodiscard]] TemperatureFit fit_temperature(const ClassScores& logits, std::span<const int64_t> labels,
                                             double smoothing = 0);

[[nodiscard]] Json to_json(const ReliabilityBin& bin);
[[nodiscard]] Json to_json(std::span<const ReliabilityBin> bins);
[[nodiscard]] Json to_json(const TemperatureFit& fit);

}  // namespace attune
