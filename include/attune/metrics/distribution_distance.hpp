// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/metrics/numbers.hpp"

namespace attune {

// How far two distributions over the same things lie apart, such as the weights that two attentions give the tokens of
// a row. Both lists hold a share of each thing, at least 0, that add up to 1 within 0.001 (weights in float, rounded
// ones); each is divided by its sum, so that what is found stays within the bounds. The order of the two has no
// meaning. Thread-safe.

/// The total variation distance: half the sum of the absolute differences, which is the share of one distribution that
/// would have to move to make it the other. From 0 (equal) to 1 (nothing in common). Jain, Wallace 2019, "Attention is
/// not Explanation", arXiv:1902.10186, measure predictions by it.
/// @throws UsageError for lists of different or no length, a share that is negative or not finite (naming its place),
/// and sums that are not 1.
[[nodiscard]] double total_variation(Numbers first, Numbers second);

/// The Jensen-Shannon divergence: the mean of how far (Kullback-Leibler, natural logarithm, 0 log 0 = 0) each of the
/// two lies from their mean. Lin 1991, "Divergence measures based on the Shannon entropy". From 0 (equal) to ln 2
/// (nothing in common); its square root is a metric.
/// @throws UsageError as total_variation()
[[nodiscard]] double jensen_shannon(Numbers first, Numbers second);

}  // namespace attune
