// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/ops/attention.hpp"

namespace attune {

/// Keys and values made ready once and attended to many times: for pools, cross-attention and step-by-step decoding.
/// A value type; cheap to copy.
struct Keys {
  Tensor key;      ///< [Nk, Hkv, D]
  Tensor value;    ///< [Nk, Hkv, Dv]
  Tensor offsets;  ///< [B+1] int64
};

/// @throws ShapeError, TypeError.
[[nodiscard]] Keys prepare(const Tensor& key, const Tensor& value, const Tensor& offsets);

/// Each row of `keys` followed by the same row of `more`, which has as many rows, and the same heads, widths and type.
/// @throws ShapeError, TypeError.
[[nodiscard]] Keys append(const Keys& keys, const Keys& more);

/// The rows in the order given (a row may come several times or not at all), as beam search needs. `rows`: [B'] int64.
/// @throws ShapeError, TypeError; UsageError for a row out of range.
[[nodiscard]] Keys reorder(const Keys& keys, const Tensor& rows);

/// The packed inputs of an attention call with these keys.
[[nodiscard]] AttentionInputs attend_to(const Keys& keys, const Tensor& query, const Tensor& query_offsets);

}  // namespace attune
