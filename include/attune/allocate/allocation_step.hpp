// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attune/allocate/allocation_parameters.hpp"
#include "attune/allocate/item_groups.hpp"

namespace attune {

/// Every intermediate of one group's way from features to gradients. Reused from group to group, it allocates nothing
/// anew. `C` columns of scores: V of scaled_dot, one of additive.
struct AllocationPass {
  std::vector<double> activations;    ///< a = x W_a + b_a, [T]; additive only
  std::vector<double> scores;         ///< s = x W / sqrt(K) or tanh(a), [T, C]
  std::vector<double> weights;        ///< w = softmax of s over the items, [T, C]; each column adds up to 1
  std::vector<double> context;        ///< sum over items of w v, [V]
  std::vector<double> probabilities;  ///< softmax of the context, [V]; cross-entropy only
  double loss = 0;                    ///< mean over V of (context - target)^2, or -ln of the right class's probability

  std::vector<double> d_context;      ///< [V]
  std::vector<double> d_weights;      ///< [T, C]
  std::vector<double> d_scores;       ///< [T, C]
  std::vector<double> d_activations;  ///< [T]; additive only
};

/// Sums over groups; in the shape of the parameters.
struct AllocationGradient {
  std::vector<double> weights;  ///< d_W, [K, C]
  double bias = 0;              ///< d_b_a
};

/// Scores, weights and context of a group. Closed forms and their derivation: docs/allocation.md.
/// @throws ShapeError unless K and V of both are the same. Thread-safe for passes of one's own.
void weigh_items(const ItemGroup& group, const AllocationParameters& parameters, AllocationPass& pass);

/// The same, and the loss. The group has the target that `loss` compares with.
void measure_group(const ItemGroup& group, const AllocationParameters& parameters, AllocationLoss loss,
                   AllocationPass& pass);

/// The same, and the gradient of the group's loss, which is added to `sum` (empty at first).
void add_group_gradient(const ItemGroup& group, const AllocationParameters& parameters, AllocationLoss loss,
                        AllocationPass& pass, AllocationGradient& sum);

/// parameters -= rate x gradient.
void descend(AllocationParameters& parameters, const AllocationGradient& gradient, double rate);

/// One named array of a step, with the formula that made it.
struct TracedArray {
  std::string name;     ///< "s", "d_W"
  std::string formula;  ///< "x W / sqrt(2)"
  std::vector<int64_t> shape;
  std::vector<double> numbers;  ///< row after row
  bool of_items = false;        ///< the first dimension is T, as of x and w
};

/// Every intermediate of one step on one group alone, in the order in which they are computed: from x and the
/// parameters to the parameters after the update with this learning rate. Changes nothing.
[[nodiscard]] std::vector<TracedArray> trace_step(const ItemGroup& group, const AllocationParameters& parameters,
                                                  AllocationLoss loss, double learning_rate);

}  // namespace attune
