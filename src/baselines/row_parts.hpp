// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/data/table.hpp"

namespace attune {

/// Bytes of some cells of a row.
[[nodiscard]] int64_t bytes_of(const Row& row, std::span<const int> columns);

/// Cuts the rows of a table into parts by their number and the length of their texts, so that the memory of working on
/// some parts is bounded. The parts follow from the table alone, never from the number of threads.
class RowParts {
 public:
  static constexpr int64_t kMostRows = 256;
  static constexpr int64_t kMostBytes = int64_t{256} << 10;  ///< of text; one longer row is a part of its own
  static constexpr size_t kAtOnce = 16;

  /// @param texts columns of the table
  RowParts(const Table& table, std::span<const int64_t> rows, std::span<const int> texts)
      : table_(table), rest_(rows), texts_(texts) {}

  /// The rows of the next parts, at most kAtOnce; none when all were given. @throws what reading the table throws.
  [[nodiscard]] std::vector<std::span<const int64_t>> next();

 private:
  [[nodiscard]] size_t rows_of_next();

  const Table& table_;
  std::span<const int64_t> rest_;
  std::span<const int> texts_;
  Row row_;
};

/// Makes something of each part in any thread, and hands it on in the order of the rows.
template <class Made>
void for_each_part(RowParts parts, Executor& executor, const std::function<void(std::span<const int64_t>, Made&)>& make,
                   const std::function<void(Made&)>& visit) {
  for (auto some = parts.next(); !some.empty(); some = parts.next()) {
    std::vector<Made> made(some.size());
    executor.run(std::ssize(some),
                 [&](int64_t i) { make(some[static_cast<size_t>(i)], made[static_cast<size_t>(i)]); });
    for (auto& one : made) visit(one);
  }
}

}  // namespace attune
