// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "attune/core/random.hpp"

namespace attune {

/// What a model makes of a row that keeps only some of its tokens: a number per subset, one flag a token.
using EraseAndScore = std::function<std::vector<double>(std::span<const std::vector<bool>> keeps)>;

/// The shares of a row's tokens that are erased, of which at least one token each.
inline constexpr std::array kErasedShares = {0.01, 0.05, 0.1, 0.2, 0.5};

/// How far the score falls on average over kErasedShares (AOPC, "area over the perturbation curve"): DeYoung et al.
/// 2020, "ERASER: a benchmark to evaluate rationalized NLP models", arXiv:1911.03429, section 4.2.
struct Erasure {
  double comprehensiveness = 0;  ///< when the first tokens of an ordering are erased: high is good
  double sufficiency = 0;        ///< when only they are kept: low is good
};

/// Tokens by falling value, ties by position. @throws UsageError for NaN.
[[nodiscard]] std::vector<int64_t> ordering_of(std::span<const double> values);

/// @param ordering every token once, that which counts most first
[[nodiscard]] Erasure erasure_of(std::span<const int64_t> ordering, const EraseAndScore& score);
/// Of several orderings, whose subsets are scored together.
[[nodiscard]] std::vector<Erasure> erasures_of(std::span<const std::vector<int64_t>> orderings,
                                               const EraseAndScore& score);

/// The figures of `count` random orderings, which depend on the key alone: what an ordering that knows nothing reaches.
[[nodiscard]] std::vector<Erasure> random_erasures(int64_t tokens, int64_t count, RandomKey key,
                                                   const EraseAndScore& score);

/// What the best and the worst ordering that a beam search finds reach, of each figure its own: without them figures of
/// two models, or of rows of different length, cannot be compared. Edin et al. 2025, "Normalized AOPC: fixing
/// misleading faithfulness metrics for feature attribution explainability", arXiv:2408.08137.
struct ErasureBounds {
  Erasure best, worst;  ///< best: highest comprehensiveness, lowest sufficiency
};
/// Exact when the beam is as wide as there are subsets of one size.
/// @param width orderings that are followed at once. Each of the four searches takes as many steps as half the tokens,
/// and scores up to width * tokens subsets a step, together
[[nodiscard]] ErasureBounds erasure_bounds(int64_t tokens, int64_t width, const EraseAndScore& score);

/// Each figure between worst (0) and best (1); nothing where the two are less than 1e-6 apart. Beyond that range where
/// a narrow beam missed something.
struct NormalizedErasure {
  std::optional<double> comprehensiveness, sufficiency;
};
[[nodiscard]] NormalizedErasure normalized(const Erasure& erasure, const ErasureBounds& bounds);

}  // namespace attune
