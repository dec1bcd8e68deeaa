// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "attune/core/place.hpp"
#include "attune/ops/tensor.hpp"

namespace attune {

/// Which input of the model a token came from, and where in its cell.
using TokenOrigin = InputPlace;

/// The tokens of the rows of a batch, one after another, without padding. A value type; cheap to copy.
struct Tokens {
  Tensor values;   ///< [N, W]
  Tensor offsets;  ///< [B+1] int64: row b owns tokens offsets[b] to offsets[b + 1]
  std::shared_ptr<const std::vector<TokenOrigin>> origins;  ///< [N]; null where nobody asked for places

  [[nodiscard]] int64_t rows() const { return offsets.size(0) - 1; }
};

/// Only the tokens with keep[t] = true ([N] bool): the one way to remove tokens, and it removes the work as well.
/// A row may lose all of its tokens. @throws ShapeError, TypeError.
[[nodiscard]] Tokens select(const Tokens& tokens, const Tensor& keep);

/// Only the rows from `begin` to `end`.
[[nodiscard]] Tokens rows_of(const Tokens& tokens, int64_t begin, int64_t end);

/// Per row, the tokens of every part in the order given. @throws ShapeError unless all have the same rows and width.
[[nodiscard]] Tokens concatenate(std::span<const Tokens> parts);

}  // namespace attune
