// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/explain/audit.hpp"
#include "attune/report/explained_row.hpp"

namespace attune::app {

/// A line for each test, then the verdict in sentences.
[[nodiscard]] std::string audit_text(const Audit& audit);
/// The verdict, why, and what to do.
[[nodiscard]] std::vector<std::string> verdict_sentences(const AuditVerdict& verdict);
/// {"site", "rows", "verdict": "not usable", "sentences": [..], "tests": [{"test", "outcome": "against", "decisive",
/// "sentence", "figures": {NAME: number}}]}
[[nodiscard]] Json audit_json(const Audit& audit);
/// For a page: a line for each test.
[[nodiscard]] std::vector<report::Figure> audit_figures(const Audit& audit);
/// "Audit of the attention at pool, on 200 rows"
[[nodiscard]] std::string audit_title(const Audit& audit);
/// For --help: the tests and what they ask.
[[nodiscard]] std::string audit_test_list();

}  // namespace attune::app
