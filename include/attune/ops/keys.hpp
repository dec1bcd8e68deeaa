// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "attune/core/executor.hpp"
#include "attune/ops/attention.hpp"

namespace attune {

/// Keys and values made ready once and attended to many times: for pools, cross-attention and step-by-step decoding.
/// A value type; cheap to copy.
struct Keys {
  Tensor key;                                     ///< [Nk, Hkv, D]
  Tensor value;                                   ///< [Nk, Hkv, Dv]
  Tensor offsets;                                 ///< [B+1] int64
  std::shared_ptr<const PackedKeys> packed = {};  ///< by pack_for_..(); none: the fused kernels pack in each call
};

/// @throws ShapeError, TypeError.
[[nodiscard]] Keys prepare(const Tensor& key, const Tensor& value, const Tensor& offsets);

/// `keys` packed the way that the fused kernels read them, as much memory again (additive: times H / Hkv), for keys
/// that several calls with few queries each attend to: a decoder's memory, or one that many learned queries take turns
/// at. Each call would else pack them itself, which for a single query takes longer than to attend; many queries in one
/// call gain nothing. Results are the same within rounding.
///
/// Packed keys serve the forward pass; gradients are computed from `key` and are the same within
/// rounding. They are of
/// its numbers at the time: a call throws an Error when `key` or `offsets` was changed in place since, or other
/// instructions were chosen. Inference mode does not count changes: there the keys returned hold a copy of `key` that
/// does. What is written past LibTorch, through a pointer or `.data()`, is never counted. append() and reorder() return
/// keys that are not packed.
///
/// For dot, multiplicative and scaled dot product attention:
/// @param executor runs the packing; null: the calling thread
/// Keys other than float32 are returned as they are, since the fused kernels do not take them.
/// @throws ShapeError, TypeError, as prepare(). Thread-safe; the same holds for the function below.
[[nodiscard]] Keys pack_for_products(const Keys& keys, Executor* executor = nullptr);
/// For additive attention with this u [H, A], H a multiple of Hkv. Its signs count, and no more: a call with a u of
/// other signs throws UsageError.
[[nodiscard]] Keys pack_for_additive(const Keys& keys, const Tensor& u, Executor* executor = nullptr);

/// Each row of `keys` followed by the same row of `more`, which has as many rows, and the same heads, widths and type.
/// @throws ShapeError, TypeError.
[[nodiscard]] Keys append(const Keys& keys, const Keys& more);

/// The rows in the order given (a row may come several times or not at all), as beam search needs. `rows`: [B'] int64.
/// @throws ShapeError, TypeError; UsageError for a row out of range.
[[nodiscard]] Keys reorder(const Keys& keys, const Tensor& rows);

/// The packed inputs of an attention call with these keys.
[[nodiscard]] AttentionInputs attend_to(const Keys& keys, const Tensor& query, const Tensor& query_offsets);

}  // namespace attune
