// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "attune/allocate/allocation_parameters.hpp"
#include "attune/allocate/item_groups.hpp"

namespace attune::testing {

/// Features [items, key_width] and values [items, value_width] drawn from a normal distribution, in groups of these
/// sizes, with drawn targets or classes.
[[nodiscard]] ItemGroups drawn_groups(const std::vector<int64_t>& sizes, int64_t key_width, int64_t value_width,
                                      AllocationLoss loss, uint64_t seed);

/// The classroom example: five items [[1,0],[0,1],[1,1],[0,0],[1,-1]], as features and as values, and the target (1,
/// 0).
[[nodiscard]] ItemGroups classroom();

/// Its parameters: W, or W_a and b_a, all 0.5.
[[nodiscard]] AllocationParameters classroom_parameters(ItemScore score);

/// Sensors that read one quantity, drawn from a standard normal distribution, each with a normal error of its own
/// deviation. An item is a reading; its features say which sensor made it (one-hot), its value is what was read, and
/// the target is the quantity. The context of least expected error weighs each by 1 / deviation^2.
[[nodiscard]] ItemGroups sensor_readings(const std::vector<double>& deviations, int64_t groups, uint64_t seed);

/// Mean squared error of all groups.
[[nodiscard]] double loss_of_all(const ItemGroups& groups, const AllocationParameters& parameters);

}  // namespace attune::testing
