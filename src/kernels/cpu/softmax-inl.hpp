// SPDX-License-Identifier: Apache-2.0
// The softmax of a row of scores that come tile by tile: Milakov, Gimelshein 2018, arXiv:1805.02867. Scores are in
// units of ln 2, so that weights are powers of two. Included once per instruction set.
#if defined(ATTUNE_CPU_SOFTMAX_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_SOFTMAX_INL
#undef ATTUNE_CPU_SOFTMAX_INL
#else
#define ATTUNE_CPU_SOFTMAX_INL
#endif

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <hwy/highway.h>
#include "cpu/math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr float kForbidden = -std::numeric_limits<float>::infinity();

/// What is known of a query's scores so far. Sums are kept lane by lane: to add the lanes up at every tile would take a
/// small one as long as its exponentials.
struct SoftmaxRow {
  float& largest;
  float* sums;      ///< [lanes] of 2^(score - largest)
  float* weighted;  ///< [lanes] of 2^(score - largest) * (score - largest), for the entropy
};

/// The same when all scores are known.
struct SoftmaxTotal {
  float largest, sum, weighted;

  [[nodiscard]] double log_sum_exp() const {
    constexpr double kExactLn2 = 0.69314718055994531;
    return (largest + std::log2(static_cast<double>(sum))) * kExactLn2;
  }
  /// -sum p ln p with p = 2^x / sum
  [[nodiscard]] float entropy() const { return sum > 0 ? (std::log2(sum) - weighted / sum) * kLn2 : sum; }
};

HWY_INLINE float sum_of(const float* lanes) {
  const Lanes d;
  return hn::GetLane(hn::SumOfLanes(d, hn::Load(d, lanes)));
}

/// [count] -> the largest; -infinity for none. `count` is a multiple of the lanes.
HWY_INLINE float largest_of(const float* scores, int64_t count) {
  const Lanes d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  Vec a = hn::Set(d, kForbidden), b = a;
  int64_t j = 0;
  for (; j + 2 * lanes <= count; j += 2 * lanes) {
    a = hn::Max(a, hn::Load(d, scores + j));
    b = hn::Max(b, hn::Load(d, scores + j + lanes));
  }
  if (j < count) a = hn::Max(a, hn::Load(d, scores + j));
  return hn::GetLane(hn::MaxOfLanes(d, hn::Max(a, b)));
}

/// Scores [count] of one tile -> weights relative to the largest so far, in place. Returns the factor by which what
/// was summed before is now too large. `count` is a multiple of the lanes; what is forbidden or fills up holds
/// -infinity and gets exactly 0. The sum does not depend on kEntropy by one bit.
template <bool kEntropy>
HWY_INLINE float add_to_softmax(float* scores, int64_t count, const SoftmaxRow& row) {
  const Lanes d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const float largest = std::max(row.largest, largest_of(scores, count));
  const float base = largest == kForbidden ? 0.0F : largest;  // nothing may be attended to so far
  const Vec subtracted = hn::Set(d, base);
  Vec sum = hn::Zero(d), weighted = hn::Zero(d);
  for (int64_t j = 0; j < count; j += lanes) {
    const Vec x = hn::Sub(hn::Load(d, scores + j), subtracted);
    const Vec weight = exp2(x);
    hn::Store(weight, d, scores + j);
    sum = hn::Add(sum, weight);
    if constexpr (kEntropy) weighted = hn::MulAdd(weight, at_least(-127.0F, x), weighted);
  }
  const float shift = row.largest - base;
  const Vec before = hn::Load(d, row.sums), kept = exp2(hn::Set(d, shift));  // 0 where nothing was summed yet
  const float factor = hn::GetLane(kept);
  if constexpr (kEntropy) {
    if (factor != 0) {  // a shift from -infinity would make NaN of sums that are 0
      const Vec shifted = hn::MulAdd(hn::Set(d, shift), before, hn::Load(d, row.weighted));
      weighted = hn::MulAdd(kept, shifted, weighted);
    }
    hn::Store(weighted, d, row.weighted);
  }
  hn::Store(hn::MulAdd(before, kept, sum), d, row.sums);
  row.largest = largest;
  return factor;
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
