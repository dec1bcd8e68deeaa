// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/report/report_page.hpp"
#include "chart_folder.hpp"

namespace attune::app {

/// Every picture of a page as a file of its own: loss.svg, metric.svg, learning-rate.svg, confusion.svg,
/// reliability.svg, flow.svg. With several outputs those of each are called after it: confusion-label.svg.
/// @param outputs their names, one per evaluation of the page
[[nodiscard]] std::vector<ChartFile> chart_files(const report::ReportPage& page,
                                                 const std::vector<std::string>& outputs);

}  // namespace attune::app
