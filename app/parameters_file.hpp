// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/allocate/allocation_parameters.hpp"
#include "attune/core/json.hpp"
#include "item_columns.hpp"

namespace attune::app {

/// What `attune allocate -o FILE` writes: the parameters and all it takes to read another table in the same way.
struct AllocationFile {
  ItemColumns columns;
  std::string loss;
  AllocationParameters parameters;
};

/// {"attune": "allocation", "loss": .., "group": .., "features": [..], .., "score": .., "W": [[..], ..]}.
[[nodiscard]] Json to_json(const AllocationFile& file);

/// @throws InputError naming the file and what is wrong with it.
[[nodiscard]] AllocationFile read_allocation_file(const std::string& path);

/// @throws IoError.
void write_allocation_file(const std::string& path, const AllocationFile& file);

}  // namespace attune::app
