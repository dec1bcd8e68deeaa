// SPDX-License-Identifier: Apache-2.0
// Additive scores with one tanh for each feature of each pair, as a class of scores for
// src/kernels/cpu/forward-inl.hpp. Included once per instruction set.
#if defined(ATTUNE_BENCH_TANH_SCORES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_BENCH_TANH_SCORES_INL
#undef ATTUNE_BENCH_TANH_SCORES_INL
#else
#define ATTUNE_BENCH_TANH_SCORES_INL
#endif

#include "cpu/additive_scores-inl.hpp"
#include "cpu/forward.hpp"
#include "tanh_table.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// tanh(x) = 1 - 2 / (1 + e^(2 x)): an exponential and a reciprocal.
struct ExponentialTanh {
  static constexpr float kScale = 2 * kLog2E;  ///< of queries and keys, when they are packed
  static constexpr float kFactor = -2, kShare = 1;

  /// sum + u f(x), where u tanh(x) = kShare u + kFactor u f(x)
  HWY_INLINE Vec add(Vec x, Vec u, Vec sum) const { return hn::MulAdd(u, half_complement_of_tanh(x), sum); }
};

#if HWY_TARGET == HWY_AVX3
/// A polynomial of degree 4 for each of 32 segments of |x|, looked up in registers.
struct TableTanh {
  static constexpr float kScale = TanhTable::kSegmentsAUnit;
  static constexpr float kFactor = 1, kShare = 0;

  HWY_INLINE Vec add(Vec x, Vec u, Vec sum) const {
    const Lanes d;
    const Vec magnitude = hn::Min(hn::Abs(x), hn::Set(d, TanhTable::kSegments - 1));
    const Vec rounded = hn::Add(magnitude, hn::Set(d, kRound));
    const Vec fraction = hn::Sub(magnitude, hn::Sub(rounded, hn::Set(d, kRound)));
    Vec tanh = coefficient(TanhTable::kDegree, rounded);
    for (int k = TanhTable::kDegree - 1; k >= 0; --k) tanh = hn::MulAdd(tanh, fraction, coefficient(k, rounded));
    return hn::MulAdd(tanh, hn::Xor(u, hn::And(x, hn::SignBit(d))), sum);
  }

 private:
  static constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: the lowest bits of a sum with it are an integer

  /// The low five bits of `rounded` are the segment.
  HWY_INLINE Vec coefficient(int power, Vec rounded) const {
    const Lanes d;
    const float* of_power = table_.coefficients[power];
    return Vec{_mm512_permutex2var_ps(hn::Load(d, of_power).raw, _mm512_castps_si512(rounded.raw),
                                      hn::Load(d, of_power + hn::Lanes(d)).raw)};
  }

  const TanhTable& table_ = tanh_table();
};
using FastestTanh = TableTanh;
#else
using FastestTanh = ExponentialTanh;
#endif

/// A panel is one vector of keys, [A, lanes].
template <class Tanh>
class TanhScores {
 public:
  static constexpr int64_t kQueries = AdditiveScores::kQueries, kFewerQueries = kQueries, kKeys = AdditiveScores::kKeys;

  TanhScores(const ForwardCall& call, const Row& row) : in_(call.in), row_(row), u_(in_.u + row.h * in_.sizes.D) {
    for (int64_t f = 0; f < in_.sizes.D; ++f) sum_ += u_[f];
  }

  static int64_t panel_keys() { return lane_count(); }
  static int64_t panel_floats(const AttentionInputs& in) { return in.sizes.D * lane_count(); }
  static int64_t query_floats(const AttentionInputs& in, int64_t queries) { return in.sizes.D * (queries + kGroup); }

  void pack_panel(int64_t first_key, float* panel) const {
    const int64_t stride = in_.key.token_stride;
    turn_panel(row_.key + first_key * stride, stride, std::min(lane_count(), row_.Tk - first_key), in_.sizes.D,
               lane_count(), panel);
    scale(panel, panel_floats(in_));
  }

  void pack_queries(int64_t first, int64_t count, float* packed) {
    const int64_t stride = in_.query.token_stride;
    pack_groups(row_.query + first * stride, stride, count, in_.sizes.D, in_.sizes.D, packed);
    scale(packed, (count + kGroup - 1) / kGroup * kGroup * in_.sizes.D);
    queries_ = packed;
  }

  void score(const float* panels, const Tile& tile) const {
    for (int64_t j = 0; j < tile.keys; j += lane_count(), panels += panel_floats(in_)) {
      for (int64_t i = 0; i < tile.queries; i += kGroup)
        score_group(queries_ + i * in_.sizes.D, panels, tile.scores + i * tile.stride + j, tile.stride);
    }
  }

 private:
  static void scale(float* numbers, int64_t count) {
    for (int64_t i = 0; i < count; ++i) numbers[i] *= Tanh::kScale;
  }

  /// Scores of four queries and a vector of keys.
  HWY_INLINE void score_group(const float* queries, const float* keys, float* scores, int64_t stride) const {
    const Lanes d;
    const Tanh tanh;
    Vec sums[kGroup];
    for (Vec& sum : sums) sum = hn::Zero(d);
    for (int64_t f = 0; f < in_.sizes.D; ++f) {
      const Vec key = hn::Load(d, keys + f * lane_count()), u = hn::Set(d, u_[f]);
      for (int i = 0; i < kGroup; ++i)
        sums[i] = tanh.add(hn::Add(key, hn::Set(d, queries[f * kGroup + i])), u, sums[i]);
    }
    const Vec factor = hn::Set(d, Tanh::kFactor * kLog2E), share = hn::Set(d, Tanh::kShare * sum_ * kLog2E);
    for (int i = 0; i < kGroup; ++i) hn::Store(hn::MulAdd(sums[i], factor, share), d, scores + i * stride);
  }

  const AttentionInputs& in_;
  const Row& row_;
  const float* u_;
  float sum_ = 0;
  const float* queries_ = nullptr;  // [groups, A, 4]
};

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
