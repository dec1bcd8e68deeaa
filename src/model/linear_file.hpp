// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attune/baselines/linear_classifier.hpp"
#include "attune/core/tensor_container.hpp"

namespace attune {

/// A linear part as it stands in a model file: tensors `linear.O.ngrams`, `.inverse_frequencies` and `.weights` of
/// output O, and the rest as JSON.
class LinearFile {
 public:
  LinearFile(const LinearClassifier& part, size_t output) : output_(output), stored_(part.stored()) {}
  [[nodiscard]] const Json& fields() const { return stored_.fields; }
  /// Borrowed from this object.
  [[nodiscard]] std::vector<TensorView> tensors() const;

  /// The tensors that the part of an output has.
  [[nodiscard]] static std::vector<std::string> tensor_names(size_t output);
  /// @throws ModelFileError for tensors of another type or shape, or that do not belong together.
  [[nodiscard]] static std::shared_ptr<const LinearClassifier> load(const TensorContainer& file, size_t output,
                                                                    const Json& fields, const Schema& schema,
                                                                    int64_t classes);

 private:
  size_t output_;
  LinearClassifier::Stored stored_;
};

}  // namespace attune
