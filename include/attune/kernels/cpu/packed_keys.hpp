// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "attune/core/executor.hpp"
#include "attune/kernels/cpu/attention.hpp"
#include "attune/kernels/head_array.hpp"

namespace attune::cpu {

/// What keys are packed from.
struct KeyInputs {
  Score score = Score::kScaledDot;
  int64_t B = 0;    ///< rows
  int64_t H = 1;    ///< query heads, additive; products are the same for any number of them
  int64_t Hkv = 1;  ///< key heads
  int64_t D = 1;    ///< width of a key per head

  HeadArray<const float> key;            ///< [Nk, Hkv, D]
  const int64_t* key_offsets = nullptr;  ///< [B+1]
  const float* u = nullptr;              ///< [H, D], additive: its signs count, and nothing else
};

/// Keys as attention() reads them, for a memory that several calls attend to. attention() packs keys in each call,
/// which costs as much as some queries; where there are few, it takes more than to attend.
///
///   products   the keys turned over, as much memory as they are
///   additive   e^(2 b) with the signs of u, for each query head: the keys' memory times H / Hkv
///
/// Immutable: any number of threads may read them at a time.
class PackedKeys {
 public:
  /// Reads the keys, and keeps no pointer. @param executor runs the packing; null: the calling thread
  /// @throws ShapeError, UsageError as attention(), and std::bad_alloc.
  explicit PackedKeys(const KeyInputs& in, Executor* executor = nullptr);
  ~PackedKeys();
  PackedKeys(const PackedKeys&) = delete;
  PackedKeys& operator=(const PackedKeys&) = delete;

  /// Of memory.
  [[nodiscard]] int64_t bytes() const;

  class Panels;  // src/kernels/cpu/packed_panels.hpp
  [[nodiscard]] const Panels& panels() const { return *panels_; }

 private:
  std::unique_ptr<const Panels> panels_;
};

/// attention() that does not pack: the same bits for products and for additive rows of 4 queries and more. Rows of
/// fewer, which attention() scores by a tanh a pair, are scored by the exponentials that are there. All that
/// attention() promises holds. `in.key` must hold the numbers that were packed: large ones are read again.
/// @throws as attention(); ShapeError, UsageError naming packed_keys, when they were packed for other sizes, offsets,
/// scores, signs of u, or for other instructions than those in use (isa.hpp). Thread-safe.
void attention(const AttentionInputs& in, const PackedKeys& packed_keys, const AttentionOutputs& out,
               Executor* executor = nullptr);

}  // namespace attune::cpu
