// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "attune/model/model.hpp"

namespace attune {

/// Which of the measured rows a person should look at, the most notable first (attune/metrics/notable_rows.hpp).
struct NotableRows {
  std::vector<int64_t> most_wrong;     ///< numbers: the largest errors in the column's unit
  std::vector<int64_t> least_certain;  ///< numbers: none, they have no confidence
};

/// @param targets of the output, and @param scores what Model::pooled() says of it, for the same rows
/// @param most    of each list. @throws UsageError as the functions of attune/metrics/notable_rows.hpp.
[[nodiscard]] NotableRows notable_rows(const OutputFeature& output, const Targets& targets, const Scores& scores,
                                       int64_t most);

}  // namespace attune
