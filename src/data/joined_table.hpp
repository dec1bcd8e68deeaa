// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "attune/data/table.hpp"

namespace attune {

/// Tables with the same columns, one after another; `folder` is the name of the whole.
/// @throws InputError naming two files whose columns differ.
[[nodiscard]] std::shared_ptr<const Table> join_tables(const std::filesystem::path& folder,
                                                       std::vector<std::shared_ptr<const Table>> parts);

}  // namespace attune
