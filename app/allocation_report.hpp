// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/allocate/allocation_loop.hpp"
#include "attune/core/json.hpp"
#include "item_table.hpp"

namespace attune::app {

/// What a run of the allocation loop found.
struct AllocationReport {
  const ItemTable& items;
  std::string loss;  ///< its name
  AllocationParameters first, learnt;
  LoopResult result;
};

/// {"items", "groups", "loss", "features", .., "figures", "attention", "parameters", "history"}.
[[nodiscard]] Json report_json(const AllocationReport& report);

/// The same for people, with the losses drawn. Ends its lines itself.
[[nodiscard]] std::string report_page(const AllocationReport& report);

/// [{"name", "formula", "shape", "numbers"}, ..].
[[nodiscard]] Json trace_json(const std::vector<TracedArray>& arrays);

/// The arrays of a step, each with name, shape, formula and rows, of which many are cut and counted. Ends its lines
/// itself.
/// @param standardised features, so that the page says what x and the parameters are of
[[nodiscard]] std::string trace_page(const std::string& group, const std::vector<TracedArray>& arrays,
                                     bool standardised);

}  // namespace attune::app
