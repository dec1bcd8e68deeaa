// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace attune {

/// Which fields of AttentionSpec an allocation of this name (allocation_names()) reads in a block, and as a pool, whose
/// query is learned and whose branches are given. The others are without effect there.
[[nodiscard]] std::vector<std::string> fields_read_in_block(const std::string& mechanism);
[[nodiscard]] std::vector<std::string> fields_read_in_pool(const std::string& mechanism);

/// What is wrong with the reaches of a split in a block, in words; "" when they are odd, different and any.
[[nodiscard]] std::string fault_of_reaches(const std::vector<int64_t>& reaches);

}  // namespace attune
