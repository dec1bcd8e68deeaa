// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/report/explained_row.hpp"

namespace attune::app {

/// What compare_with_baselines() put into an output's metrics: a line per baseline, and a sentence that says whether
/// the model is better than the strongest. Empty without any.
[[nodiscard]] std::string baselines_table(const Json& metrics);

/// The same lines for a page, and the sentence. Empty without any.
[[nodiscard]] std::vector<report::Figure> baseline_figures(const Json& metrics);
[[nodiscard]] std::string baselines_verdict(const Json& metrics);

/// The strongest alone, and the sentence, on one line.
[[nodiscard]] std::string baselines_summary(const Json& metrics);

}  // namespace attune::app
