// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <span>
#include <vector>

/// The softmax, its report and its derivative, on one list of scores: the part all five mechanisms share.
namespace attune::reference {

struct Softmax {
  std::vector<double> weights;
  double log_sum_exp = -std::numeric_limits<double>::infinity();
};

/// Shifted by the greatest score, so that no finite score overflows; a score of -infinity gets weight 0.
/// At least one score must be greater than -infinity, else the result is NaN: "nothing to attend to" is the caller's to
/// handle, so that scores that overflowed are not taken for it.
[[nodiscard]] Softmax softmax(std::span<const double> scores);

/// d_score = weight (d_weight - sum of weight * d_weight).
[[nodiscard]] std::vector<double> softmax_backward(std::span<const double> weights, std::span<const double> d_weights);

/// In nats; 0 ln 0 = 0.
[[nodiscard]] double entropy(std::span<const double> weights);

[[nodiscard]] double dot(std::span<const double> a, std::span<const double> b);

}  // namespace attune::reference
