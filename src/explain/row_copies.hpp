// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "attune/model/row_parts.hpp"
#include "attune/nn/tokens.hpp"

namespace attune {

/// How many copies of a row of `tokens` tokens are worked on at once: by memory, as rows of a table are.
[[nodiscard]] inline int64_t rows_at_once(int64_t tokens) {
  return std::clamp<int64_t>(kMostPairs / std::max<int64_t>(tokens * tokens, 1), 1, kChunkRows);
}

/// A batch of the same row `copies` times, without origins.
[[nodiscard]] Tokens row_copies(const Tokens& row, int64_t copies);

}  // namespace attune
