// SPDX-License-Identifier: Apache-2.0
#include "linear_parts.hpp"

#include <algorithm>

namespace attune {

namespace {

/// Null for an output of numbers.
const ClassTargets* labels_of(const LabelledRows& data, size_t output) {
  return std::get_if<ClassTargets>(&data.targets[output]);
}

}  // namespace

void fit_linear_parts(Model& model, const LabelledRows& training, const LabelledRows& validation,
                      const BaselineControl& control) {
  for (size_t o = 0; o < training.targets.size(); ++o) {
    if (labels_of(training, o) == nullptr) continue;
    control.check_stop();
    model.set_linear(
        o, std::make_shared<const LinearClassifier>(
               model.schema(), LinearClassifier::Rows{*training.table, training.rows, *labels_of(training, o)},
               LinearClassifier::Rows{*validation.table, validation.rows, *labels_of(validation, o)},
               std::ssize(model.outputs()[o]->classes()), control));
  }
}

}  // namespace attune
