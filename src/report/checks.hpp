// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"

namespace attune::report {

/// @param where begins the message
inline void check_count(int64_t tokens, int64_t values, const std::string& where) {
  if (tokens == values) return;
  throw UsageError(where + ": expected a value for each of " + counted(tokens, "token") + ", found " +
                   with_commas(values));
}

}  // namespace attune::report
