// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/explain/method.hpp"
#include "attune/explain/subject.hpp"
#include "model_fixtures.hpp"

namespace attune::testing {

/// Adds noise to all parameters, so that every token changes the answers of a fresh model.
void enliven(Model& model);

/// A small model of the mixed table with parameters drawn large, so that every token changes its answers, a temperature
/// and (with a weight) a linear part. Outputs: grade, price.
[[nodiscard]] Model lively_model(double linear_weight, const ModelConfig& config = small_config());

/// One row of some cells: review, city, size, weight.
[[nodiscard]] std::shared_ptr<const Table> one_row(const std::vector<std::string>& cells);

[[nodiscard]] Subject subject_of(const Model& model, const std::vector<std::string>& cells,
                                 const Question& question = {});
[[nodiscard]] Attribution explained(const std::string& method, const Subject& subject);

/// The score of one subset.
[[nodiscard]] double score_of(const Subject& subject, const Keep& keep);

[[nodiscard]] double sum(const std::vector<double>& values);

}  // namespace attune::testing
