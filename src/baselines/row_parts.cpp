// SPDX-License-Identifier: Apache-2.0
#include "row_parts.hpp"

#include <algorithm>

namespace attune {

int64_t bytes_of(const Row& row, std::span<const int> columns) {
  int64_t bytes = 0;
  for (const int column : columns) bytes += std::ssize(row[column]);
  return bytes;
}

std::vector<std::span<const int64_t>> RowParts::next() {
  std::vector<std::span<const int64_t>> parts;
  while (!rest_.empty() && parts.size() < kAtOnce) {
    parts.push_back(rest_.first(rows_of_next()));
    rest_ = rest_.subspan(parts.back().size());
  }
  return parts;
}

// What is read here is read again when it is cut: that costs little beside finding where words begin and end.
size_t RowParts::rows_of_next() {
  const auto most = std::min(rest_.size(), static_cast<size_t>(kMostRows));
  if (texts_.empty()) return most;
  int64_t bytes = 0;
  for (size_t i = 0; i < most; ++i) {
    table_.read(rest_[i], row_);
    bytes += bytes_of(row_, texts_);
    if (bytes > kMostBytes) return std::max<size_t>(i, 1);
  }
  return most;
}

}  // namespace attune
