// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/metrics/class_scores.hpp"

namespace attune {

/// One class against the rest. A ratio without denominator is 0.
struct PerClassMetrics {
  double precision = 0;   ///< of the rows predicted as this class, the share that is of it
  double recall = 0;      ///< of the rows of this class, the share predicted as it
  double f1 = 0;          ///< harmonic mean of the two
  int64_t support = 0;    ///< rows of this class
  int64_t predicted = 0;  ///< rows predicted as this class
};

/// How good class probabilities are. Formulas, references and awkward cases: docs/metrics.md.
/// A row with kUnseenLabel counts as wrong everywhere: in the accuracy, in the calibration error, as a row wrongly
/// predicted as its predicted class, and, all such rows together, as one further class of recall and F1 0 in the two
/// averages over classes. Its probability does not exist, so it is left out of the negative log likelihood and the
/// Brier score.
struct ClassificationMetrics {
  int64_t rows = 0;
  int64_t unseen_labels = 0;  ///< rows among them with kUnseenLabel
  double accuracy = 0;
  double balanced_accuracy = 0;  ///< mean recall of the classes that occur
  double macro_f1 = 0;           ///< mean F1 of the classes that occur or are predicted
  std::optional<double>
      negative_log_likelihood;            ///< natural logarithm, mean over rows; none when all labels are unseen
  std::optional<double> brier_score;      ///< sum over classes, mean over rows, 0 to 2; none when all labels are unseen
  double expected_calibration_error = 0;  ///< of the predicted class, 15 bins of equal mass
  std::vector<PerClassMetrics> per_class;
  std::vector<int64_t> confusion;            ///< [classes, classes] row-major: rows of true class i predicted as j
  std::vector<int64_t> unseen_predicted_as;  ///< [classes]: the same for the rows with kUnseenLabel
};

/// @throws UsageError when there is no row, a label is out of range, or a row's numbers are no probabilities.
[[nodiscard]] ClassificationMetrics classification_metrics(const ClassScores& probabilities,
                                                           std::span<const int64_t> labels);

/// Shares as fractions; what does not exist is null. `class_names`: one per class, or none, and the classes are called
/// by their number. @throws UsageError when there are names of another number.
[[nodiscard]] Json to_json(const PerClassMetrics& metrics);
[[nodiscard]] Json to_json(const ClassificationMetrics& metrics, std::span<const std::string> class_names = {});

}  // namespace attune
