// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace attune::app {

/// Finds out before the work whether a page can be written there, in place of an older page if there is one, and that
/// it is none of the files that are read. @param verb  what writes it, whose older pages alone are replaced: "attune
/// report". @throws UsageError naming flag and file.
void check_page(const std::string& flag, const std::string& file, const std::vector<std::string>& read,
                const std::string& verb);

/// Writes a page whole or not at all, and notes it. @throws IoError.
void write_page(const std::string& file, const std::string& html);

}  // namespace attune::app
