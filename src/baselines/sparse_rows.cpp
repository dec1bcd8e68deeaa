// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/sparse_rows.hpp"

#include <string>

#include "attune/core/error.hpp"

namespace attune {

SparseRows beside(const SparseRows& left, const SparseRows& right) {
  if (left.rows() != right.rows()) {
    throw UsageError("sparse rows beside each other: expected equal numbers of rows, found " +
                     std::to_string(left.rows()) + " and " + std::to_string(right.rows()));
  }
  SparseRows joined(left.columns() + right.columns());
  for (int64_t r = 0; r < left.rows(); ++r) {
    for (const auto& [column, value] : left.row(r)) joined.add(column, value);
    for (const auto& [column, value] : right.row(r)) joined.add(left.columns() + column, value);
    joined.end_row();
  }
  return joined;
}

}  // namespace attune
