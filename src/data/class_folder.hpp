// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "attune/data/table.hpp"

namespace attune {

/// The files of a folder that are not hidden, in name order.
[[nodiscard]] std::vector<std::filesystem::path> visible_files(const std::filesystem::path& folder);
/// The sub-folders of a folder that are not hidden, in name order.
[[nodiscard]] std::vector<std::filesystem::path> visible_folders(const std::filesystem::path& folder);

/// A folder whose sub-folders hold text files, a row each: columns `text` (without the line ends at its end), `label`
/// (name of the sub-folder) and `file` (path below the folder). Null when there is no such file. Opening reads every
/// file once to check it; a cell is read again when it is asked for, so that the texts need not fit into memory.
/// @throws InputError naming a file that is not text.
[[nodiscard]] std::shared_ptr<const Table> open_class_folder(const std::filesystem::path& folder,
                                                             const TableOptions& options);

}  // namespace attune
