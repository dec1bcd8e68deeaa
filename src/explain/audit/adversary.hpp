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

/// How far from a row's weights others lie that leave its answer as it is: the largest Jensen-Shannon divergence (0 to
/// ln 2, the mean over heads and queries) that gradient ascent finds from several starts, never less than 0. A lower
/// bound: there may be weights that are further off still.
[[nodiscard]] double adversarial_divergence(const SiteRerun& rerun, const AdversaryOptions& options);

}  // namespace attune
