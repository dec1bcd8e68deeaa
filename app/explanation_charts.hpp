// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "attune/report/explained_row.hpp"
#include "chart_folder.hpp"

namespace attune::app {

/// The most rows of which charts are written: a folder of thousands helps nobody.
inline constexpr size_t kMostChartedRows = 20;

/// The charts of a row, named "row-NUMBER-..": a bar for each token by each method and head, and every matrix.
[[nodiscard]] std::vector<ChartFile> charts_of(const report::ExplainedRow& row, int64_t number);

}  // namespace attune::app
