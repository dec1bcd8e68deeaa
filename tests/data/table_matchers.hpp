// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "attune/data/table.hpp"
#include "support/message_of.hpp"

namespace attune::testing {

using Cells = std::vector<std::vector<std::string>>;

/// All cells of a table, read through one Row.
inline Cells cells(const Table& table) {
  Cells all;
  Row row;
  for (int64_t i = 0; i < table.rows(); ++i) {
    table.read(i, row);
    auto& copy = all.emplace_back();
    for (int column = 0; column < row.size(); ++column) copy.emplace_back(row[column]);
  }
  return all;
}

}  // namespace attune::testing
