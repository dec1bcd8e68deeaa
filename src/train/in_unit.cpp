// SPDX-License-Identifier: Apache-2.0
#include "in_unit.hpp"

namespace attune {

std::vector<double> predicted_in_unit(const OutputFeature& output, std::span<const float> scores) {
  std::vector<double> values;
  values.reserve(scores.size());
  for (const float score : scores) values.push_back(output.decode({&score, 1}).value);
  return values;
}

std::vector<double> targets_in_unit(const OutputFeature& output, std::span<const double> targets) {
  std::vector<double> values;
  values.reserve(targets.size());
  for (const double target : targets) values.push_back(output.in_unit(target));
  return values;
}

}  // namespace attune
