// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "attune/kernels/cpu/packed_keys.hpp"
#include "attune/ops/tensor.hpp"

namespace attune {

/// What Keys hands on to a call: the kernels' panels, and which numbers they are of.
class PackedKeys {
 public:
  /// @param key [Nk, Hkv, D] float32, not of inference mode: it counts its changes
  /// @param u [H, A], contiguous; undefined: for products
  PackedKeys(const Tensor& key, const Tensor& offsets, const Tensor& u, Executor* executor);

  /// The panels. @throws UsageError unless `key` is the tensor that was packed, with the numbers it had.
  [[nodiscard]] const cpu::PackedKeys& of(const Tensor& key) const;

 private:
  Tensor key_;
  int64_t version_;
  cpu::PackedKeys panels_;
};

}  // namespace attune
