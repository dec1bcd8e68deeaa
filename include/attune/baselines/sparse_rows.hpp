// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace attune {

struct SparseEntry {
  int32_t column = 0;
  float value = 0;
  friend bool operator==(const SparseEntry&, const SparseEntry&) = default;
};
using SparseRow = std::span<const SparseEntry>;

/// A matrix [rows, columns] of which only what is not 0 is held, row after row, columns ascending within each.
/// A value type; const members are thread-safe.
class SparseRows {
 public:
  explicit SparseRows(int64_t columns = 0) : columns_(columns) {}

  /// To the row under way, behind its last column; a 0 is not held.
  void add(int64_t column, double value) {
    if (value != 0) entries_.push_back({static_cast<int32_t>(column), static_cast<float>(value)});
  }
  void end_row() { offsets_.push_back(entries_.size()); }

  [[nodiscard]] int64_t rows() const { return static_cast<int64_t>(offsets_.size()) - 1; }
  [[nodiscard]] int64_t columns() const { return columns_; }
  [[nodiscard]] size_t entries() const { return entries_.size(); }
  [[nodiscard]] SparseRow row(int64_t r) const {
    const auto begin = offsets_[static_cast<size_t>(r)];
    return SparseRow(entries_).subspan(begin, offsets_[static_cast<size_t>(r) + 1] - begin);
  }

 private:
  int64_t columns_ = 0;
  std::vector<size_t> offsets_{0};  // [rows + 1]
  std::vector<SparseEntry> entries_;
};

/// [left, right]: the same rows with the columns of both. @throws UsageError when the numbers of rows differ.
[[nodiscard]] SparseRows beside(const SparseRows& left, const SparseRows& right);

}  // namespace attune
