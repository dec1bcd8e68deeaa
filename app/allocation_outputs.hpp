// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/allocate/allocation_parameters.hpp"
#include "item_table.hpp"

namespace attune::app {

/// Writes each item's weights as CSV, in the order of the table's rows: group, row (from 1), and a weight, or in
/// scaled_dot with several value columns one for each of them. @throws IoError.
void write_item_weights(const std::string& path, const ItemTable& items, const AllocationParameters& parameters);

/// The files of a run must be writable, and neither what is read nor anything that the user may want to keep.
/// @param weights, output "": none
/// @throws UsageError naming flag and file.
void check_allocation_outputs(const std::string& table, const std::string& start, const std::string& weights,
                              const std::string& output);

}  // namespace attune::app
