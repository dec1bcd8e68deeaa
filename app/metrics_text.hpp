// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/report/explained_row.hpp"

namespace attune::app {

/// A figure with four digits after the point, or in powers of ten; "-" for null.
[[nodiscard]] std::string number_text(const Json& value);

/// One output's metrics (of evaluate()) on one line, and as a page with a short definition of each.
[[nodiscard]] std::string summary_line(const Json& metrics);
[[nodiscard]] std::string metrics_page(const Json& metrics);

/// The same for a page: each figure with its definition, and what the network alone reaches of those that calibration
/// changed, if it did.
[[nodiscard]] std::vector<report::Figure> metric_figures(const Json& metrics);

/// What one looks at first: "accuracy 0.8314"; "R2 0.9713, mean absolute error 1.2100".
[[nodiscard]] std::string headline(const Json& metrics);

/// Mean, standard deviation and interval of the figures of several runs (an output of RepeatedResult::summary), and on
/// one line the mean and deviation of the first.
[[nodiscard]] std::string spread_table(const Json& summary);
[[nodiscard]] std::string spread_line(const Json& summary);

/// A class output's accuracy when only rows of a confidence are answered, as a table; of numbers nothing.
[[nodiscard]] std::string coverage_table(const Json& metrics);

}  // namespace attune::app
