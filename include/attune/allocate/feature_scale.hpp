// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "attune/allocate/allocation_parameters.hpp"
#include "attune/allocate/item_groups.hpp"

namespace attune {

/// Mean and standard deviation of each feature over all items, [K] each. A constant feature has deviation 0 exactly.
struct FeatureScale {
  std::vector<double> means, deviations;
};

[[nodiscard]] FeatureScale measure_features(const ItemGroups& groups);

/// x becomes (x - mean) / deviation, and 0 for a constant feature.
void standardise(ItemGroups& groups, const FeatureScale& scale);

/// Parameters for the features as they were, of those learnt on standardised ones: W becomes W / deviation, and what
/// the means add moves into b_a; in scaled_dot it adds the same to all scores of a group, which softmax takes no notice
/// of. So the weights of all items stay what they are.
[[nodiscard]] AllocationParameters for_plain_features(AllocationParameters parameters, const FeatureScale& scale);

/// The other way round.
[[nodiscard]] AllocationParameters for_standard_features(AllocationParameters parameters, const FeatureScale& scale);

}  // namespace attune
