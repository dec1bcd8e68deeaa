// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "attune/explain/attribution.hpp"
#include "attune/explain/method.hpp"
#include "attune/explain/subject.hpp"
#include "linear_shares.hpp"

namespace attune {

/// A point of a path from nothing (0) to the row (1), and its weight in a sum.
struct PathPoint {
  double share = 1;
  double weight = 1;
};

/// The straight way from a row whose tokens are all masked, and of which the linear part reads nothing, to the row as
/// it is. Immutable.
class GradientPath {
 public:
  explicit GradientPath(const Subject& subject);

  /// Adds to the attribution the weighted sum over points of each token's derivative of the score by its own way, and
  /// counts the passes. Points are taken in chunks of bounded memory, in their order. @throws StoppedError when
  /// control.should_stop says so between two chunks.
  void add(std::span<const PathPoint> points, const MethodControl& control, Attribution& attribution) const;

  /// The score at `share`, without gradients.
  [[nodiscard]] double score(double share) const;
  /// From 0 to 1, where the row's score is known.
  [[nodiscard]] double change() const { return subject_.scored().score - score(0); }

 private:
  [[nodiscard]] Attribution sum(std::span<const PathPoint> points) const;
  [[nodiscard]] Tokens tokens_at(std::span<const PathPoint> points) const;

  const Subject& subject_;
  LinearShares linear_;
  Tensor masked_, way_;  // [T, W]: where the tokens begin, and where they go from there
};

}  // namespace attune
