// SPDX-License-Identifier: Apache-2.0
#include "attune/train/notable_rows.hpp"

#include "attune/metrics/calibration.hpp"
#include "attune/metrics/notable_rows.hpp"
#include "in_unit.hpp"

namespace attune {

NotableRows notable_rows(const OutputFeature& output, const Targets& targets, const Scores& scores, int64_t most) {
  if (const auto* numbers = std::get_if<ValueTargets>(&targets)) {
    return {
        .most_wrong = largest_errors(predicted_in_unit(output, scores.values), targets_in_unit(output, *numbers), most),
        .least_certain = {}};
  }
  const auto values = softmax(ClassScores(scores.values, scores.columns));
  const ClassScores probabilities(values, scores.columns);
  return {.most_wrong = most_wrong(probabilities, std::get<ClassTargets>(targets), most),
          .least_certain = least_certain(probabilities, most)};
}

}  // namespace attune
