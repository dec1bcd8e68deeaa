// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/core/json.hpp"
#include "explain_config.hpp"

namespace attune::app {

/// What flags of explanations may or may not have an effect on.
struct ExplainSetting {
  bool of_table = false;  ///< else of texts or lines
  bool audit = false;
  bool json = false, page = false, charts = false;
};

/// Whether rows are measured: those of a table, unless asked otherwise.
[[nodiscard]] bool measures(const ExplainConfig& config, bool of_table);

/// What can have no effect is not passed over in silence. @param given  the flags of the command line by their fields
/// @throws UsageError naming the first such flag, and the way out.
void refuse_idle_flags(const Json& given, const ExplainConfig& config, const ExplainSetting& setting);

}  // namespace attune::app
