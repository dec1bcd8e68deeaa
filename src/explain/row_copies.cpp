// SPDX-License-Identifier: Apache-2.0
#include "row_copies.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>

namespace attune {

Tokens row_copies(const Tokens& row, int64_t copies) {
  const int64_t tokens = row.values.size(0), width = row.values.size(1);
  const auto values = row.values.unsqueeze(0).expand({copies, tokens, width});
  return {.values = values.reshape({copies * tokens, width}),
          .offsets = at::arange(copies + 1, at::TensorOptions(at::kLong)) * tokens,
          .origins = {}};
}

}  // namespace attune
