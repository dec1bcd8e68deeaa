// SPDX-License-Identifier: Apache-2.0
#include "sample_groups.hpp"

#include <numeric>

#include "attune/allocate/allocation_loop.hpp"
#include "attune/core/random.hpp"

namespace attune::testing {
namespace {

std::vector<double> drawn(int64_t count, const RandomKey& key) {
  std::vector<double> numbers;
  for (int64_t i = 0; i < count; ++i) numbers.push_back(key.normal(static_cast<uint64_t>(i)));
  return numbers;
}

}  // namespace

ItemGroups drawn_groups(const std::vector<int64_t>& sizes, int64_t key_width, int64_t value_width, AllocationLoss loss,
                        uint64_t seed) {
  ItemGroups groups{.key_width = key_width, .value_width = value_width};
  for (const auto size : sizes) groups.offsets.push_back(groups.offsets.back() + size);
  const RandomKey key(seed);
  groups.features = drawn(groups.items() * key_width, key.with("features"));
  groups.values = drawn(groups.items() * value_width, key.with("values"));
  if (loss == AllocationLoss::kMeanSquaredError) {
    groups.targets = drawn(groups.groups() * value_width, key.with("targets"));
    return groups;
  }
  for (int64_t g = 0; g < groups.groups(); ++g) {
    const auto bits = key.with("classes").bits(static_cast<uint64_t>(g));
    groups.classes.push_back(static_cast<int64_t>(bits % static_cast<uint64_t>(value_width)));
  }
  return groups;
}

ItemGroups classroom() {
  const std::vector<double> x = {1, 0, 0, 1, 1, 1, 0, 0, 1, -1};
  return {.key_width = 2, .value_width = 2, .features = x, .values = x, .offsets = {0, 5}, .targets = {1, 0}};
}

AllocationParameters classroom_parameters(ItemScore score) {
  return draw_parameters(score, 2, 2, /*mean=*/0.5, /*deviation=*/0, /*seed=*/1);
}

ItemGroups sensor_readings(const std::vector<double>& deviations, int64_t groups, uint64_t seed) {
  const auto sensors = static_cast<int64_t>(deviations.size());
  ItemGroups result{.key_width = sensors, .value_width = 1};
  const RandomKey key(seed);
  for (int64_t g = 0; g < groups; ++g) {
    const double quantity = key.with("quantity").normal(static_cast<uint64_t>(g));
    for (int64_t s = 0; s < sensors; ++s) {
      for (int64_t k = 0; k < sensors; ++k) result.features.push_back(k == s ? 1 : 0);
      const double error = key.with("error").normal(static_cast<uint64_t>(g * sensors + s));
      result.values.push_back(quantity + deviations[static_cast<size_t>(s)] * error);
    }
    result.targets.push_back(quantity);
    result.offsets.push_back(result.offsets.back() + sensors);
  }
  return result;
}

double loss_of_all(const ItemGroups& groups, const AllocationParameters& parameters) {
  std::vector<int64_t> numbers(static_cast<size_t>(groups.groups()));
  std::iota(numbers.begin(), numbers.end(), 0);
  return measure_groups(groups, numbers, parameters, AllocationLoss::kMeanSquaredError).loss;
}

}  // namespace attune::testing
