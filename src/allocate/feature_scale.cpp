// SPDX-License-Identifier: Apache-2.0
#include "attune/allocate/feature_scale.hpp"

#include <algorithm>

#include "attune/core/moments.hpp"

namespace attune {
namespace {

/// What a feature is divided by.
double divisor(double deviation) { return deviation > 0 ? deviation : 1; }

bool is_constant(const ItemGroups& groups, size_t feature) {
  const auto width = static_cast<size_t>(groups.key_width);
  for (size_t i = feature; i < groups.features.size(); i += width) {
    if (groups.features[i] != groups.features[feature]) return false;
  }
  return true;
}

}  // namespace

FeatureScale measure_features(const ItemGroups& groups) {
  const auto width = static_cast<size_t>(groups.key_width);
  std::vector<Moments> moments(width);
  for (size_t i = 0; i < groups.features.size(); ++i) moments[i % width].add(groups.features[i]);
  FeatureScale scale;
  for (size_t k = 0; k < width; ++k) {
    // Rounding may leave equal numbers a deviation.
    const bool constant = is_constant(groups, k);
    scale.means.push_back(constant ? groups.features[k] : moments[k].mean());
    scale.deviations.push_back(constant ? 0 : moments[k].deviation());
  }
  return scale;
}

void standardise(ItemGroups& groups, const FeatureScale& scale) {
  const auto width = static_cast<size_t>(groups.key_width);
  for (size_t i = 0; i < groups.features.size(); ++i) {
    const auto k = i % width;
    groups.features[i] = (groups.features[i] - scale.means[k]) / divisor(scale.deviations[k]);
  }
}

AllocationParameters for_plain_features(AllocationParameters parameters, const FeatureScale& scale) {
  const auto columns = static_cast<size_t>(parameters.score_columns());
  for (size_t i = 0; i < parameters.weights.size(); ++i) {
    const auto k = i / columns;
    parameters.weights[i] /= divisor(scale.deviations[k]);
    if (parameters.score == ItemScore::kAdditive) parameters.bias -= parameters.weights[i] * scale.means[k];
  }
  return parameters;
}

AllocationParameters for_standard_features(AllocationParameters parameters, const FeatureScale& scale) {
  const auto columns = static_cast<size_t>(parameters.score_columns());
  for (size_t i = 0; i < parameters.weights.size(); ++i) {
    const auto k = i / columns;
    if (parameters.score == ItemScore::kAdditive) parameters.bias += parameters.weights[i] * scale.means[k];
    parameters.weights[i] *= divisor(scale.deviations[k]);
  }
  return parameters;
}

}  // namespace attune
