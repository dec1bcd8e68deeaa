// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/report/charts.hpp"
#include "attune/report/explained_row.hpp"

namespace attune::report {

/// The labels of a row's tokens, the cells' one after another, as values and weights number them.
[[nodiscard]] std::vector<std::string> token_labels(const ExplainedRow& row);

/// A bar for each token: what one method or head says of a row. It names what the values speak for, what belongs to no
/// token, and where the model did not read on. @throws UsageError for another number of values than tokens.
[[nodiscard]] BarChart token_bars(const ExplainedRow& row, const Attribution& attribution);

/// All weights of one head in a row. @throws UsageError where html(const ExplainPage&) refuses the matrix.
[[nodiscard]] AttentionChart matrix_chart(const ExplainedRow& row, const AttentionMatrix& matrix);

}  // namespace attune::report
