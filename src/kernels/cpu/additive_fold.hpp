// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "attune/kernels/cpu/attention.hpp"

namespace attune::cpu {

/// What a head's u contributes to the factored form of additive scores (additive_scores-inl.hpp), so that a pair of
/// features is a multiply-add and a sum. What fills up, to a multiple of 4 and beyond, are features that score nothing.
///
///   u tanh(x) = |u| tanh(sign(u) x) = |u| - 2 |u| / (1 + e^(2 sign(u) x)) = |u| - 2 largest / t
///   t         = (1 + e^(2 sign a) e^(2 sign b)) / share,  share = |u| / largest
class AdditiveFold {
 public:
  explicit AdditiveFold(const AttentionInputs& in);

  /// A rounded up to a multiple of 4.
  [[nodiscard]] int64_t width() const { return (A_ + 3) / 4 * 4; }
  /// A rounded up to whole vectors of any instruction set.
  [[nodiscard]] int64_t stride() const { return (A_ + 15) / 16 * 16; }

  struct Head {
    const float* u;             ///< [stride], 0 where filled up
    const float* sign;          ///< [stride], 1 or -1
    const float* inverse;       ///< [stride], 1 / share, at most 2^30: a smaller share scores less than rounding does
    const float* logarithm;     ///< [stride], its natural logarithm; very small for features that score nothing
    float sum;                  ///< of |u|, and half of what features that score nothing take off
    float signed_sum, largest;  ///< sum u, largest |u|
  };
  [[nodiscard]] Head head(int64_t h) const;

 private:
  static constexpr int kArrays = 4;
  int64_t A_;
  std::vector<float> arrays_;  // [H, kArrays, stride]
  std::vector<float> sums_, signed_sums_, largest_;
};

/// The largest t that is kept apart: four of them multiplied stay within float32.
constexpr float kLargestTerm = 0x1p30F;

}  // namespace attune::cpu
