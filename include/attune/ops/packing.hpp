// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "attune/ops/tensor.hpp"

namespace attune {

/// Between packed tokens [N, ..] (row b owns offsets[b] to offsets[b + 1]) and padded rows [B, T, ..]. All are
/// differentiable any number of times, on the CPU, copy whole rows, and throw ShapeError or TypeError naming the
/// argument.

/// The offsets as plain numbers. @throws ShapeError, TypeError unless int64 [B+1], on the CPU, from 0, ascending, and
/// (for `tokens` >= 0) ending at `tokens`; the message begins with `name`.
[[nodiscard]] std::span<const int64_t> offsets_view(const Tensor& offsets, int64_t tokens = -1,
                                                    std::string_view name = "offsets");
[[nodiscard]] int64_t longest_row(std::span<const int64_t> offsets);

/// Offsets as a tensor that owns its numbers.
[[nodiscard]] Tensor make_offsets(std::span<const int64_t> offsets);

/// [N, ..] -> [B, longest row, ..], zeros after a row's end.
[[nodiscard]] Tensor pad_rows(const Tensor& packed, const Tensor& offsets);

/// [B, T, ..] -> [N, ..]; T is at least the longest row.
[[nodiscard]] Tensor unpad_rows(const Tensor& padded, const Tensor& offsets);

/// [N, H, ..] -> [B, H, longest row, ..], zeros after a row's end: heads lie apart, as products over tokens want them.
[[nodiscard]] Tensor pad_heads(const Tensor& packed, const Tensor& offsets);

/// [B, H, T, ..] -> [N, H, ..]; T is at least the longest row.
[[nodiscard]] Tensor unpad_heads(const Tensor& padded, const Tensor& offsets);

/// [N, ..] -> [M, ..]: the tokens `index` [M] int64, in any order, each any number of times. @throws UsageError for a
/// number that is no token's.
[[nodiscard]] Tensor take_tokens(const Tensor& packed, const Tensor& index);

}  // namespace attune
