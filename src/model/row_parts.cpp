// SPDX-License-Identifier: Apache-2.0
#include "attune/model/row_parts.hpp"

#include <algorithm>

namespace attune {

std::vector<std::pair<int64_t, int64_t>> cut_parts(std::span<const int64_t> offsets, int64_t most_pairs) {
  std::vector<std::pair<int64_t, int64_t>> parts;
  int64_t begin = 0, longest = 0;
  const auto rows = static_cast<int64_t>(offsets.size()) - 1;
  for (int64_t row = 0; row < rows; ++row) {
    const auto length = offsets[static_cast<size_t>(row) + 1] - offsets[static_cast<size_t>(row)];
    const auto with_row = std::max(longest, length);
    if (row > begin && (row + 1 - begin) * with_row * with_row > most_pairs) {
      parts.emplace_back(begin, row);
      begin = row;
      longest = length;
    } else {
      longest = with_row;
    }
  }
  if (begin < rows) parts.emplace_back(begin, rows);
  return parts;
}

}  // namespace attune
