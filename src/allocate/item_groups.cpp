// SPDX-License-Identifier: Apache-2.0
#include "attune/allocate/item_groups.hpp"

#include <cmath>
#include <string>

#include "attune/core/error.hpp"

namespace attune {
namespace {

void check_size(const char* name, const char* shape, size_t found, int64_t expected) {
  if (static_cast<int64_t>(found) == expected) return;
  throw ShapeError(std::string("item groups, ") + name + ": expected " + shape + " = " + std::to_string(expected) +
                   " numbers, found " + std::to_string(found));
}

void check_finite(const char* name, std::span<const double> numbers, int64_t width) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (std::isfinite(numbers[i])) continue;
    const auto at = static_cast<int64_t>(i);
    throw UsageError(std::string("item groups, ") + name + " [" + std::to_string(at / width) + ", " +
                     std::to_string(at % width) + "]: expected a finite number, found " + std::to_string(numbers[i]));
  }
}

void check_offsets(const ItemGroups& groups) {
  if (groups.offsets.size() < 2 || groups.offsets.front() != 0)
    throw UsageError("item groups, offsets: expected 0 and the end of at least one group; give at least one group");
  for (size_t g = 1; g < groups.offsets.size(); ++g) {
    if (groups.offsets[g] <= groups.offsets[g - 1])
      throw UsageError("item groups, group " + std::to_string(g - 1) + ": has no item; leave the group out");
  }
}

void check_classes(const ItemGroups& groups) {
  check_size("classes", "[G]", groups.classes.size(), groups.groups());
  for (size_t g = 0; g < groups.classes.size(); ++g) {
    if (groups.classes[g] >= 0 && groups.classes[g] < groups.value_width) continue;
    throw UsageError("item groups, group " + std::to_string(g) + ": expected a class from 0 to " +
                     std::to_string(groups.value_width - 1) + " (one per value column), found " +
                     std::to_string(groups.classes[g]));
  }
}

}  // namespace

ItemGroup ItemGroups::group(int64_t number) const {
  const auto g = static_cast<size_t>(number);
  const auto begin = static_cast<size_t>(offsets[g]), count = static_cast<size_t>(offsets[g + 1]) - begin;
  const auto k = static_cast<size_t>(key_width), v = static_cast<size_t>(value_width);
  ItemGroup group{.features = std::span(features).subspan(begin * k, count * k),
                  .values = std::span(values).subspan(begin * v, count * v),
                  .key_width = key_width,
                  .value_width = value_width};
  if (!targets.empty()) group.target = std::span(targets).subspan(g * v, v);
  if (!classes.empty()) group.target_class = classes[g];
  return group;
}

void check(const ItemGroups& groups, AllocationLoss loss) {
  if (groups.key_width < 1 || groups.value_width < 1)
    throw ShapeError("item groups: expected at least one feature and one value column, found " +
                     std::to_string(groups.key_width) + " and " + std::to_string(groups.value_width));
  check_offsets(groups);
  check_size("features", "[N, K]", groups.features.size(), groups.items() * groups.key_width);
  check_size("values", "[N, V]", groups.values.size(), groups.items() * groups.value_width);
  check_finite("features", groups.features, groups.key_width);
  check_finite("values", groups.values, groups.value_width);
  if (loss == AllocationLoss::kCrossEntropy) {
    check_classes(groups);
    check_size("targets", "none beside classes", groups.targets.size(), 0);
  } else {
    check_size("targets", "[G, V]", groups.targets.size(), groups.groups() * groups.value_width);
    check_size("classes", "none beside targets", groups.classes.size(), 0);
    check_finite("targets", groups.targets, groups.value_width);
  }
}

}  // namespace attune
