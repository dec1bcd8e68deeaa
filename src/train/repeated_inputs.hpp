// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "attune/data/table.hpp"
#include "attune/model/model.hpp"

namespace attune {

/// Which of some rows have the same input, cell by cell, and what they are labelled. Cells are compared by 64-bit
/// hashes: among a million rows two that differ are taken for the same once in some thirty million tables.
class RepeatedInputs {
 public:
  /// @throws what reading the table throws.
  RepeatedInputs(const Table& table, const ColumnMap& columns, std::span<const int64_t> rows);

  /// Rows whose input stands with another label as well: no model can be right on all of them.
  struct Contradictions {
    int64_t rows = 0;
    int64_t first = 0, second = 0;  ///< two such rows, in the table's numbering
  };
  [[nodiscard]] Contradictions contradictions() const { return contradictions_; }

  /// How many rows, of this table or another, have an input that is among these.
  [[nodiscard]] int64_t count_known(const Table& table, const ColumnMap& columns, std::span<const int64_t> rows) const;

 private:
  struct Inputs {
    int64_t first_row = 0;
    uint64_t label = 0;  // of that row
    int64_t rows = 0;
    bool contradicts = false;
  };
  std::unordered_map<uint64_t, Inputs> inputs_;  // by the hash of their cells
  Contradictions contradictions_;
};

}  // namespace attune
