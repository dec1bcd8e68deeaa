// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/explain/faithfulness.hpp"
#include "attune/report/explained_row.hpp"

namespace attune::app {

/// How far the explanations of one method may be believed, measured on some rows.
struct Honesty {
  std::string method;
  std::string effect;  ///< of erasing tokens: "lowers the probability", "moves the scaled number"
  FaithfulnessSummary summary;
};

/// A table with a line for each method, and above it what was measured.
[[nodiscard]] std::string honesty_table(const std::vector<Honesty>& methods);
/// {"method": .., "rows": .., "comprehensiveness": .., ..}; figures that nothing is known of are left out.
[[nodiscard]] Json honesty_json(const Honesty& honesty);
/// For a page: a line for each method, and what the figures mean.
[[nodiscard]] report::Comparison honesty_comparison(const std::vector<Honesty>& methods);
/// Sentences on the method that is shown first.
[[nodiscard]] std::vector<std::string> honesty_verdict(const Honesty& honesty);

}  // namespace attune::app
