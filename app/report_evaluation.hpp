// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/core/json.hpp"
#include "attune/report/report_page.hpp"

namespace attune::app {

/// What one output reached, as it is drawn. @param metrics one output's of evaluate(); those of a model's record, of
/// any earlier version, may lack parts. @param where "on reviews-test.csv"
[[nodiscard]] report::Evaluation drawn_evaluation(const Json& metrics, const std::string& where);

/// "label: accuracy 0.8314 on 1,000 rows of reviews-test.csv. The model is better than ..."
[[nodiscard]] std::string evaluation_sentence(const Json& metrics, const std::string& where);

}  // namespace attune::app
