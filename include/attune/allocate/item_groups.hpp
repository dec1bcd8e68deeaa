// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace attune {

/// What the contexts of groups are compared with.
enum class AllocationLoss {
  kMeanSquaredError,  ///< numbers, one per value column
  kCrossEntropy,      ///< a class per group, whose scores the context is: one value column per class
};

/// One group: views into ItemGroups, valid as long as that is not changed.
struct ItemGroup {
  std::span<const double> features = {};  ///< [T, K]
  std::span<const double> values = {};    ///< [T, V]
  std::span<const double> target = {};    ///< [V]; empty with classes
  int64_t target_class = -1;              ///< -1 without classes
  int64_t key_width = 0;                  ///< K
  int64_t value_width = 0;                ///< V
  [[nodiscard]] int64_t items() const { return static_cast<int64_t>(values.size()) / value_width; }
};

/// Items in groups, packed one group after another: what attention allocates among. `N` items, `G` groups, `K` features
/// of an item (d_key), `V` value columns (d_value); `T` items of one group.
struct ItemGroups {
  int64_t key_width = 0;               ///< K
  int64_t value_width = 0;             ///< V
  std::vector<double> features = {};   ///< [N, K]
  std::vector<double> values = {};     ///< [N, V]
  std::vector<int64_t> offsets = {0};  ///< [G+1]: group g owns items offsets[g] to offsets[g+1], at least one
  std::vector<double> targets = {};    ///< [G, V] for the mean squared error; else empty
  std::vector<int64_t> classes = {};   ///< [G], 0 to V-1, for the cross-entropy; else empty

  [[nodiscard]] int64_t items() const { return offsets.back(); }
  [[nodiscard]] int64_t groups() const { return static_cast<int64_t>(offsets.size()) - 1; }
  [[nodiscard]] ItemGroup group(int64_t number) const;
};

/// @throws ShapeError for arrays whose sizes do not fit, UsageError for no group, an empty group, a number that is not
/// finite, a class out of range, or targets of another kind than `loss` compares with; each names the array and place.
void check(const ItemGroups& groups, AllocationLoss loss);

}  // namespace attune
