// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attune/kernels/cpu/packed_keys.hpp"
#include "cpu/scratch.hpp"

namespace attune::cpu {

/// The panels of every row and head, and what they depend on besides the keys' numbers.
class PackedKeys::Panels {
 public:
  Panels(const KeyInputs& in, Executor* executor);

  /// @throws ShapeError, UsageError unless a call can read them.
  void check(const AttentionInputs& in) const;

  [[nodiscard]] const float* data() const { return panels_.get(); }
  /// Where the panels that query head h of row b reads begin.
  [[nodiscard]] int64_t at(const AttentionInputs& in, int64_t b, int64_t h) const;
  [[nodiscard]] int64_t bytes() const { return floats_ * static_cast<int64_t>(sizeof(float)); }

 private:
  void pack(const AttentionInputs& in, Executor* executor);
  void check_sizes(const AttentionInputs& in) const;

  Score score_;
  int64_t B_, H_, Hkv_, D_;  // H: of additive scores
  std::vector<int64_t> key_offsets_;
  std::vector<bool> negative_;  // [H, D], of u
  std::string isa_;
  std::vector<int64_t> begins_;  // by row and the heads that share panels
  int64_t floats_ = 0;
  AlignedFloats panels_;
};

}  // namespace attune::cpu
