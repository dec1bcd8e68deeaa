// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/core/fields.hpp"
#include "attune/core/json.hpp"
#include "attune/model/model.hpp"

namespace attune::app {

/// The answers to one row, one per output.
[[nodiscard]] std::vector<Prediction> decode_row(const Model& model, const std::vector<Scores>& scores, int64_t row);

/// How answers are given.
struct AnswerOptions {
  int64_t top = 1;
  double abstain = 0;  ///< answers of less confidence are "not sure"
  void visit_fields(FieldVisitor& v);
};

/// With four digits after the point: 0.9731. What these would round to 0 or 1 and is neither gets as many as tell it
/// from them: 0.99997, 3.1e-05.
[[nodiscard]] std::string probability_digits(double probability);

/// `positive<TAB>0.9731`, with `top` choices one after another, after `not sure` when the first is less sure than asked
/// for; several outputs as `name=..`.
[[nodiscard]] std::string prediction_line(const Model& model, const std::vector<Prediction>& predictions,
                                          const AnswerOptions& options);
/// {"row": 1, "label": {"prediction": "positive", "probability": 0.9731, "choices": [..]}}; where it abstains the
/// prediction is null.
[[nodiscard]] Json prediction_json(const Model& model, const std::vector<Prediction>& predictions,
                                   const AnswerOptions& options, int64_t row);

}  // namespace attune::app
