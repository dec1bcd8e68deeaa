// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/random.hpp"
#include "attune/explain/attribution.hpp"
#include "attune/explain/subject.hpp"
#include "attune/metrics/erasure.hpp"

namespace attune {

struct FaithfulnessOptions {
  int64_t random_orderings = 10;  ///< at least 1
  int64_t beam_width = 5;         ///< at least 1
  /// Rows of more tokens get no bounds, for the search's cost grows with the square: 128 tokens are 160,000 passes.
  int64_t most_beam_tokens = 48;
  /// Rows of more tokens are not measured, for the cost grows with their square: a text of the default max_length (512)
  /// beside some columns takes seconds, ten times as many tokens minutes.
  int64_t most_tokens = 1024;
  RandomKey key = RandomKey(1);  ///< of the random orderings
};

/// What explanations of one row are measured by, the same for every method. Erasures say how far the class's
/// probability falls; of a number how far the scaled number moves either way, and its tokens count by the size of their
/// values.
struct FaithfulnessGround {
  std::vector<double> leave_one_out;    ///< per token, of the score; of a number its size
  std::vector<Erasure> random;          ///< of each random ordering
  std::optional<ErasureBounds> bounds;  ///< nothing for a row of too many tokens
};

struct GroundControl {
  /// What the method leave_one_out says of the row, where it was asked already; else its T + 1 passes are made.
  const Attribution* leave_one_out = nullptr;
  std::function<bool()> should_stop = {};  ///< asked before each chunk of passes, by several threads at once
};

/// Whether a row can be measured: one of a single token has one ordering, and long ones cost too much.
[[nodiscard]] bool can_be_measured(const Subject& subject, const FaithfulnessOptions& options);

/// The cost grows with the square of the tokens T, for T + 1 passes of the whole row are made besides those of bounds;
/// options.most_tokens is for the caller to heed. Thread-safe, as are the functions below.
/// @param row_id tells the random orderings of one row from those of the next: its number in the table
/// @throws UsageError for no random ordering, or no beam, or another number of known values than tokens; StoppedError
/// when should_stop says so.
[[nodiscard]] FaithfulnessGround faithfulness_ground(const Subject& subject, uint64_t row_id,
                                                     const FaithfulnessOptions& options, Executor& executor,
                                                     const GroundControl& control = {});

/// How far one explanation of one row may be believed: what the literature calls its faithfulness.
struct Faithfulness {
  Erasure erasure;
  NormalizedErasure normalized;  ///< nothing where the ground has no bounds, or nothing lies between them
  double tau = 0;                ///< Kendall's, with leave-one-out; NaN where one of them orders nothing
  std::optional<Completeness> completeness;
};
/// Eleven passes. @param attribution, ground of this row. @throws UsageError for another number of values than tokens.
[[nodiscard]] Faithfulness faithfulness_of(const Subject& subject, const Attribution& attribution,
                                           const FaithfulnessGround& ground, Executor& executor);

/// The same of a set of rows: means over rows, each over the rows that have the figure.
struct FaithfulnessSummary {
  int64_t rows = 0;
  Erasure erasure;
  Erasure random;         ///< the mean over random orderings
  Erasure random_spread;  ///< the deviation over random orderings of the set's mean (divided by their number)
  int64_t random_orderings = 0;
  int64_t bounded_rows = 0;
  Erasure bounded, bounded_random, best, worst;  ///< of the rows with bounds
  NormalizedErasure normalized;
  /// How much of the way from random to best comprehensiveness the method goes, of the rows with bounds.
  std::optional<double> closed;
  std::optional<double> tau;
  std::optional<double> mean_gap, largest_gap;  ///< Completeness::share
};
/// Fewer rows tell little of a mean: even a good method stays within the spread of random orderings.
inline constexpr int64_t kFewestRowsToJudge = 30;
/// The spread of fewer orderings is itself a matter of chance.
inline constexpr int64_t kFewestOrderingsToJudge = 5;
/// Whether comprehensiveness lies further above that of random orderings than one more of them is likely to: more than
/// two deviations of a draw beside the mean of n others, s sqrt(1 + 1/n), with their sample deviation s (divided by
/// n - 1). False of fewer than two orderings.
[[nodiscard]] bool beats_chance(const FaithfulnessSummary& summary);

/// @param faithfulness, grounds of the same rows. @throws UsageError when their numbers differ, or there are none.
[[nodiscard]] FaithfulnessSummary summary_of(std::span<const Faithfulness> faithfulness,
                                             std::span<const FaithfulnessGround> grounds);

}  // namespace attune
