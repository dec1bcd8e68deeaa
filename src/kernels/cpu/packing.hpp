// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "attune/core/executor.hpp"
#include "cpu/forward.hpp"
#include "cpu/tasks.hpp"

namespace attune::cpu {

/// Query heads one after another that read the same panels. The signs of u are in a head's exponentials: of additive
/// scores each packs its own.
[[nodiscard]] int64_t heads_a_packing(const AttentionInputs& in);

/// Of a row's keys.
[[nodiscard]] int64_t panels_of(const AttentionInputs& in, int64_t b, const ForwardKernel& kernel);

/// Keys of some rows that are to be packed, one after another in one piece of memory.
class Packing {
 public:
  explicit Packing(const AttentionInputs& in) : in_(in) {}

  /// The keys that head h of row b reads. Returns where their panels will be.
  int64_t add(int64_t b, int64_t h, const ForwardKernel& kernel);
  [[nodiscard]] int64_t floats() const { return floats_; }

  /// @param panels [floats()]
  void run(const ForwardCall& call, float* panels, Executor* executor) const;

 private:
  struct Part {
    const ForwardKernel* kernel;
    int64_t b, h, first, end;  // panels
    int64_t at;
  };
  const AttentionInputs& in_;
  std::vector<Part> parts_;
  Tasks tasks_;
  int64_t floats_ = 0;
};

}  // namespace attune::cpu
