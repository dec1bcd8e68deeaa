// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "attune/explain/attribution.hpp"
#include "attune/explain/subject.hpp"

namespace attune {

/// Tokens one after another.
struct TokenRange {
  size_t begin = 0, end = 0;
};

/// What the linear part makes of a row, shared out among its tokens: an n-gram's part equally among the tokens that it
/// covers, and what no token covers (blanks, text behind the limit) to none. Nothing where the model has no linear
/// part. Immutable.
class LinearShares {
 public:
  explicit LinearShares(const Subject& subject);

  /// ln P(class) when all that it reads counts `share` times; empty without a linear part. [C]
  [[nodiscard]] std::vector<double> log_probabilities(double share) const;

  /// Adds to the values, `factor` times, the derivative of the score by what the part reads at `share`, times what it
  /// reads. @param slopes of the score by the pooled scores there, [C]
  void add_slopes(double share, double factor, std::span<const double> slopes, Attribution& attribution) const;

 private:
  const LinearClassifier* linear_;
  double weight_;
  std::vector<LinearPiece> pieces_;
  std::vector<TokenRange> covered_;  // per piece
};

}  // namespace attune
