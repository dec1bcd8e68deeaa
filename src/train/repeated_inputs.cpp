// SPDX-License-Identifier: Apache-2.0
#include "repeated_inputs.hpp"

#include <functional>
#include <string_view>

namespace attune {
namespace {

uint64_t joined(uint64_t hash, std::string_view cell) {
  // Multiplication between the cells, so that their order counts; the constant is that of Fibonacci hashing.
  return (hash ^ std::hash<std::string_view>{}(cell)) * 0x9E3779B97F4A7C15ULL + cell.size();
}

uint64_t input_hash(const Row& row, const ColumnMap& columns) {
  uint64_t hash = 0;
  for (const auto& input : columns.inputs) {
    for (const int column : input) hash = joined(hash, row[column]);
  }
  return hash;
}

uint64_t label_hash(const Row& row, const ColumnMap& columns) {
  uint64_t hash = 0;
  for (const int column : columns.outputs) hash = joined(hash, row[column]);
  return hash;
}

}  // namespace

RepeatedInputs::RepeatedInputs(const Table& table, const ColumnMap& columns, std::span<const int64_t> rows) {
  Row row;
  for (const int64_t number : rows) {
    table.read(number, row);
    const auto label = label_hash(row, columns);
    auto& inputs =
        inputs_.try_emplace(input_hash(row, columns), Inputs{.first_row = number, .label = label}).first->second;
    ++inputs.rows;
    if (label == inputs.label || inputs.contradicts) continue;
    inputs.contradicts = true;
    if (contradictions_.second == contradictions_.first)
      contradictions_ = {.rows = 0, .first = inputs.first_row, .second = number};
  }
  for (const auto& [hash, inputs] : inputs_) contradictions_.rows += inputs.contradicts ? inputs.rows : 0;
}

int64_t RepeatedInputs::count_known(const Table& table, const ColumnMap& columns, std::span<const int64_t> rows) const {
  int64_t known = 0;
  Row row;
  for (const int64_t number : rows) {
    table.read(number, row);
    known += inputs_.contains(input_hash(row, columns)) ? 1 : 0;
  }
  return known;
}

}  // namespace attune
