// SPDX-License-Identifier: Apache-2.0
#include "linear_parts.hpp"

#include <algorithm>

namespace attune {

void fit_linear_parts(Model& model, const LabelledRows& training, const BaselineControl& control) {
  for (size_t o = 0; o < training.targets.size(); ++o) {
    const auto* labels = std::get_if<ClassTargets>(&training.targets[o]);
    if (labels == nullptr) continue;
    control.check_stop();
    model.set_linear(o,
                     std::make_shared<const LinearClassifier>(model.schema(), *training.table, training.rows, *labels,
                                                              std::ssize(model.outputs()[o]->classes()), control));
  }
}

}  // namespace attune
