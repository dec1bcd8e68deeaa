// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/metrics/class_scores.hpp"

namespace attune {

/// What a model is worth that answers only where it is sure enough.
struct CoveragePoint {
  double threshold = 0;  ///< least confidence at which it answers
  double coverage = 0;   ///< share of the rows it then answers
  double accuracy = 0;   ///< of those
  int64_t rows = 0;      ///< that it answers
};

/// For each wanted coverage the highest threshold at which at least that share of the rows is answered. Rows of equal
/// confidence are answered together. (El-Yaniv, Wiener 2010, "On the foundations of noise-free selective
/// classification", JMLR 11.) kUnseenLabel counts as wrong.
/// @param coverages  each in (0, 1]
/// @throws UsageError for a coverage out of range, no row, labels out of range.
[[nodiscard]] std::vector<CoveragePoint> coverage_curve(const ClassScores& probabilities,
                                                        std::span<const int64_t> labels,
                                                        std::span<const double> coverages);

[[nodiscard]] Json to_json(const CoveragePoint& point);
[[nodiscard]] Json to_json(std::span<const CoveragePoint> curve);

}  // namespace attune
