// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/core/random.hpp"
#include "site_rerun.hpp"

namespace attune {

struct AdversaryOptions {
  double most_change = 0.01;  ///< of the answer, as SiteRerun::change() gives it
  int64_t starts = 4;
  int64_t steps = 150;
  RandomKey key = {};  ///< of the starts
};

/// How far from what a row's attention shows, the mean of its weights over heads and queries, other weights lie that
/// leave the answer as it is: the largest Jensen-Shannon divergence (0 to ln 2) that gradient ascent finds from several
/// starts, never less than 0. What a query may not attend to stays so. A lower bound: there may be weights that are
/// further off still. Thread-safe.
[[nodiscard]] double adversarial_divergence(const SiteRerun& rerun, const AdversaryOptions& options);

/// How far other weights lie, whatever becomes of the answer: the largest such divergence over tokens, when all queries
/// that may attend to a token look at it alone. Where each may attend to all there is nothing further, for the
/// divergence is convex in the weights; under a mask some mixture may be further off still. Of short rows it is well
/// below ln 2: 0.216 of two tokens with even weights, 0.318 of three. Thread-safe.
[[nodiscard]] double reachable_divergence(const SiteRerun& rerun);

}  // namespace attune
