// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/report/explained_row.hpp"
#include "segments.hpp"

namespace attune::report {

/// One position of the page's switch.
struct SwitchEntry {
  std::string group, name, meaning;
  bool has_sign = false;
};

/// The attributions of all rows, each once, in the order in which they are met.
[[nodiscard]] std::vector<SwitchEntry> switch_entries(std::span<const ExplainedRow> rows);
/// For the page's script.
[[nodiscard]] Json entries_json(std::span<const SwitchEntry> entries);

/// What of a row is put into a page.
struct RowLimits {
  bool matrices = true;
  size_t attributions = std::numeric_limits<size_t>::max();
  size_t segments = std::numeric_limits<size_t>::max();  ///< of each cell
};

/// The row without the segments beyond the limit of each cell; its marks are numbered anew.
[[nodiscard]] ShownRow shortened(const ShownRow& row, size_t segments);

/// The numbers of a row: {"explained", "values": {entry: [..]}, "info": {entry: ".."}, "matrices", "tokens"}.
/// @throws UsageError beginning with `where` for another number of values than the row has tokens
[[nodiscard]] Json row_json(const ExplainedRow& row, const ShownRow& shown, std::span<const SwitchEntry> entries,
                            const RowLimits& limits, const std::string& where);

/// @throws UsageError as row_json does.
void check_attribution(const ExplainedRow& row, const Attribution& attribution, const std::string& where);
void check_matrix(const ExplainedRow& row, const AttentionMatrix& matrix, const std::string& where);
void check_row(const ExplainedRow& row, const std::string& where);

}  // namespace attune::report
