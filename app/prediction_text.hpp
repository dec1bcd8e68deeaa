// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/model/model.hpp"

namespace attune::app {

/// The answers to one row, one per output.
[[nodiscard]] std::vector<Prediction> decode_row(const Model& model, const std::vector<Scores>& scores, int64_t row);

/// `positive<TAB>0.9731`, with `top` choices one after another; several outputs as `name=..`.
[[nodiscard]] std::string prediction_line(const Model& model, const std::vector<Prediction>& predictions, int64_t top);
/// {"row": 1, "label": {"prediction": "positive", "probability": 0.9731, "choices": [..]}}
[[nodiscard]] Json prediction_json(const Model& model, const std::vector<Prediction>& predictions, int64_t top,
                                   int64_t row);

}  // namespace attune::app
