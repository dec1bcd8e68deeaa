// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace attune::fuzz {

/// One of the files, chosen and changed by the number in one to four places: bits, bytes, numbers written out, pieces
/// that are cut out, doubled or taken from another file. The same for the same arguments.
[[nodiscard]] std::string mutated(std::span<const std::string> files, uint64_t number);

}  // namespace attune::fuzz
