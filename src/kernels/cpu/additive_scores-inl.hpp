// SPDX-License-Identifier: Apache-2.0
// Additive scores, u . tanh(a + b), without a tanh per pair: e^(2 (a + b)) is a product of e^(2 a), known per query,
// and e^(2 b), known per key, and four fractions are added over one denominator. That is 12 multiply-adds and one
// approximate reciprocal for four features of a pair:
//
//   1/t1 + 1/t2 + 1/t3 + 1/t4 = ((t1 + t2) t3 t4 + (t3 + t4) t1 t2) / (t1 t2 t3 t4)
//
// with t of additive_fold.hpp. The error is about 3e-7 of sum |u|, whatever the score.
//
// Range. Factors are held within e^+-86, which is exact as long as not both of a pair are beyond e^+-64: then a large
// a may meet a b of the other sign. Such tiles, which are rare, compute tanh itself from a + b.
//
// Included once per instruction set.
#if defined(ATTUNE_CPU_ADDITIVE_SCORES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_ADDITIVE_SCORES_INL
#undef ATTUNE_CPU_ADDITIVE_SCORES_INL
#else
#define ATTUNE_CPU_ADDITIVE_SCORES_INL
#endif

#include <utility>

#include "cpu/additive_fold.hpp"
#include "cpu/forward.hpp"
#include "cpu/mask-inl.hpp"
#include "cpu/panel-inl.hpp"
#include "cpu/product-inl.hpp"
#include "cpu/round_up.hpp"
#include "cpu/row.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr int64_t kGroup = 4;  // queries, and features, that are worked on at once

/// t, held where four of them multiplied stay within float32. Adding and comparing share the ports of multiplying on
/// some processors, so that tiles which need no limit do better without.
template <bool kLimited>
HWY_INLINE Vec term_of(float query, Vec key, Vec inverse) {
  const Vec t = hn::MulAdd(key, hn::Set(Lanes(), query), inverse);
  return kLimited ? at_most(kLargestTerm, t) : t;
}

/// Four features of a query and a vector of keys.
template <bool kLimited>
HWY_INLINE Vec add_quad(const float* a, const Vec b[4], const Vec inverse[4], Vec sum) {
  const Vec t0 = term_of<kLimited>(a[0], b[0], inverse[0]), t1 = term_of<kLimited>(a[kGroup], b[1], inverse[1]);
  const Vec t2 = term_of<kLimited>(a[2 * kGroup], b[2], inverse[2]),
            t3 = term_of<kLimited>(a[3 * kGroup], b[3], inverse[3]);
  const Vec d01 = hn::Mul(t0, t1), d23 = hn::Mul(t2, t3);
  const Vec denominator = hn::Mul(d01, d23);
  const Vec numerator = hn::MulAdd(hn::Add(t0, t1), d23, hn::Mul(hn::Add(t2, t3), d01));
  return hn::MulAdd(numerator, reciprocal(denominator), sum);
}

/// Scores of some queries of a group and a vector of keys. a [width, 4], b [width, lanes].
template <bool kLimited, int kRows>
HWY_INLINE void score_factored(const float* a, const float* b, const AdditiveFold::Head& fold, int64_t width,
                               float* scores, int64_t stride) {
  const Lanes d;
  const int64_t lanes = lane_count();
  Vec sums[kRows];
  for (Vec& sum : sums) sum = hn::Zero(d);
  for (int64_t f = 0; f < width; f += kGroup) {
    Vec keys[4], inverse[4];
    for (int k = 0; k < 4; ++k) keys[k] = hn::Load(d, b + (f + k) * lanes);
    for (int k = 0; k < 4; ++k) inverse[k] = hn::Set(d, fold.inverse[f + k]);
    for (int i = 0; i < kRows; ++i) sums[i] = add_quad<kLimited>(a + f * kGroup + i, keys, inverse, sums[i]);
  }
  const Vec highest = hn::Set(d, fold.sum * kLog2E), factor = hn::Set(d, -2 * fold.largest * kLog2E);
  for (int i = 0; i < kRows; ++i) hn::Store(hn::MulAdd(sums[i], factor, highest), d, scores + i * stride);
}

/// Of 1 to 3 queries. Apart from the loop over whole groups, whose registers it would take.
template <bool kLimited>
HWY_NOINLINE void score_rest(int64_t rows, const float* a, const float* b, const AdditiveFold::Head& fold,
                             int64_t width, float* scores, int64_t stride) {
  if (rows == 1) {
    score_factored<kLimited, 1>(a, b, fold, width, scores, stride);
  } else if (rows == 2) {
    score_factored<kLimited, 2>(a, b, fold, width, scores, stride);
  } else {
    score_factored<kLimited, 3>(a, b, fold, width, scores, stride);
  }
}

/// The same by tanh itself, for a and b as they are given. Features are added up in parts: one sum over hundreds of
/// them would be off by more than scores may be.
constexpr int64_t kSummedApart = 16;
template <int kRows>
HWY_INLINE void score_direct(const float* a, const float* b, const AdditiveFold::Head& fold, int64_t width,
                             float* scores, int64_t stride) {
  const Lanes d;
  const int64_t lanes = lane_count();
  Vec sums[kRows];
  for (Vec& sum : sums) sum = hn::Zero(d);
  for (int64_t begin = 0; begin < width; begin += kSummedApart) {
    Vec parts[kRows];
    for (Vec& part : parts) part = hn::Zero(d);
    for (int64_t f = begin; f < std::min(begin + kSummedApart, width); ++f) {
      const Vec keys = hn::Load(d, b + f * lanes), u = hn::Set(d, fold.u[f]);
      for (int i = 0; i < kRows; ++i) {
        const Vec x2 = hn::Mul(hn::Add(keys, hn::Set(d, a[f * kGroup + i])), hn::Set(d, 2 * kLog2E));
        parts[i] = hn::MulAdd(u, half_complement_of_tanh(x2), parts[i]);
      }
    }
    for (int i = 0; i < kRows; ++i) sums[i] = hn::Add(sums[i], parts[i]);
  }
  for (int i = 0; i < kRows; ++i) {
    const Vec score = hn::NegMulAdd(sums[i], hn::Set(d, 2 * kLog2E), hn::Set(d, fold.signed_sum * kLog2E));
    hn::Store(score, d, scores + i * stride);
  }
}

/// Vectors [count, A] -> groups of four queries, each [width, 4]; filled up with 0.
HWY_INLINE void pack_groups(const float* vectors, int64_t stride, int64_t count, int64_t A, int64_t width,
                            float* packed) {
  for (int64_t i = 0; i < count; i += kGroup, packed += kGroup * width) {
    turn_panel(vectors + i * stride, stride, std::min(kGroup, count - i), A, kGroup, packed);
    std::fill(packed + A * kGroup, packed + width * kGroup, 0.0F);
  }
}

/// raised [stride of fold] = the factors of a query [A]; returns their largest exponents, of either sign, and of
/// `largest`.
HWY_INLINE Vec raise_query(const float* query, int64_t A, const AdditiveFold::Head& fold, float* raised, Vec largest) {
  const Lanes d;
  const int64_t lanes = lane_count();
  for (int64_t f = 0; f < A; f += lanes) {
    const Vec given = f + lanes <= A ? Whole().load(query + f) : Part(A - f).load(query + f);
    const Vec exponent = hn::Mul(given, hn::Mul(hn::LoadU(d, fold.sign + f), hn::Set(d, 2.0F)));
    const Vec logarithm = hn::LoadU(d, fold.logarithm + f);
    largest = largest_size(largest, hn::Add(hn::Abs(exponent), hn::Max(logarithm, hn::Zero(d))));
    hn::Store(exp_of_sum(exponent, logarithm), d, raised + f);
  }
  return largest;
}

/// Exponentials of a panel of keys, in place; returns the largest exponent, of either sign.
HWY_INLINE float raise_keys(float* panel, const AdditiveFold::Head& fold, int64_t width) {
  const Lanes d;
  const int64_t lanes = lane_count();
  Vec largest = hn::Zero(d);
  for (int64_t f = 0; f < width; ++f, panel += lanes) {
    const Vec exponent = hn::Mul(hn::Load(d, panel), hn::Set(d, 2 * fold.sign[f]));
    largest = largest_size(largest, exponent);
    hn::Store(exp(exponent), d, panel);
  }
  return hn::GetLane(hn::MaxOfLanes(d, largest));
}

/// Whether the product of such factors is exact, or saturates tanh on the right side.
HWY_INLINE bool is_factorable(float query_exponent, float key_exponent) {
  constexpr float kOther = 64.0F;
  return (query_exponent <= kLargestExponent || key_exponent <= kOther) &&
         (key_exponent <= kLargestExponent || query_exponent <= kOther);
}

/// Whether every t stays within twice kLargestTerm, and so four of them multiplied within float32, without a limit.
HWY_INLINE bool is_within_terms(float query_exponent, float key_exponent) {
  constexpr float kLogarithm = 20.7F;  // a little below ln 2^30
  return query_exponent + key_exponent <= kLogarithm;
}

/// A panel is one vector of keys: exponentials [width, lanes], then their largest exponent.
class AdditiveScores {
 public:
  static constexpr int64_t kQueries = 24, kFewerQueries = 24, kKeys = 128;

  AdditiveScores(const ForwardCall& call, const Row& row)
      : in_(call.in), row_(row), fold_(call.fold->head(row.h)), width_(call.fold->width()) {}

  static int64_t panel_keys() { return lane_count(); }
  static int64_t panel_floats(const AttentionInputs& in) { return (padded(in.sizes.D) + 1) * lane_count(); }
  /// Factors, numbers as given, a panel of keys as given, and room to turn factors over.
  static int64_t query_floats(const AttentionInputs& in, int64_t queries) {
    return padded(in.sizes.D) * (2 * (queries + kGroup) + lane_count()) + kGroup * round_up(in.sizes.D, kAlignment);
  }

  void pack_panel(int64_t first_key, float* panel) const {
    copy_panel(first_key, panel);
    panel[width_ * lane_count()] = raise_keys(panel, fold_, width_);
  }

  void pack_queries(int64_t first, int64_t count, float* packed) {
    const int64_t floats = round_up(count, kGroup) * width_, stride = in_.query.token_stride;
    first_ = first, count_ = count, has_given_ = false;
    raised_ = packed, given_ = packed + floats, given_keys_ = packed + 2 * floats;
    float* rows = given_keys_ + width_ * lane_count();
    const int64_t row_stride = round_up(in_.sizes.D, kAlignment);
    for (int64_t i = 0; i < count; i += kGroup) {
      const int64_t queries = std::min(kGroup, count - i);
      Vec largest = hn::Zero(Lanes());
      for (int64_t q = 0; q < queries; ++q) {
        const float* query = row_.query + (first + i + q) * stride;
        largest = raise_query(query, in_.sizes.D, fold_, rows + q * row_stride, largest);
      }
      largest_[i / kGroup] = hn::GetLane(hn::MaxOfLanes(Lanes(), largest));
      pack_groups(rows, row_stride, queries, in_.sizes.D, width_, packed + i * width_);
    }
  }

  void score(const float* panels, const Tile& tile) {
    const int64_t lanes = lane_count();
    for (int64_t j = 0; j < tile.keys; j += lanes, panels += panel_floats(in_)) {
      const float key_exponent = panels[width_ * lanes];
      bool is_copied = false;
      for (int64_t i = 0; i < tile.queries; i += kGroup) {
        const float* raised = raised_ + i * width_;
        const float query_exponent = largest_[i / kGroup];
        float* scores = tile.scores + i * tile.stride + j;
        if (is_within_terms(query_exponent, key_exponent)) {
          score_group<false>(raised, panels, tile.queries - i, scores, tile.stride);
        } else if (is_factorable(query_exponent, key_exponent)) {
          score_group<true>(raised, panels, tile.queries - i, scores, tile.stride);
        } else {
          if (!std::exchange(is_copied, true)) copy_panel(tile.first_key + j, given_keys_);
          if (!std::exchange(has_given_, true)) copy_queries();
          score_direct<kGroup>(given_ + i * width_, given_keys_, fold_, width_, scores, tile.stride);
        }
      }
    }
  }

 private:
  static int64_t padded(int64_t A) { return round_up(A, kGroup); }

  template <bool kLimited>
  HWY_INLINE void score_group(const float* raised, const float* panel, int64_t queries, float* scores,
                              int64_t stride) const {
    if (queries >= kGroup) {
      score_factored<kLimited, kGroup>(raised, panel, fold_, width_, scores, stride);
    } else {
      score_rest<kLimited>(queries, raised, panel, fold_, width_, scores, stride);
    }
  }

  void copy_panel(int64_t first_key, float* panel) const {
    const int64_t lanes = lane_count(), stride = in_.key.token_stride;
    turn_panel(row_.key + first_key * stride, stride, std::min(lanes, row_.Tk - first_key), in_.sizes.D, lanes, panel);
    std::fill(panel + in_.sizes.D * lanes, panel + width_ * lanes, 0.0F);
  }

  void copy_queries() {
    const float* query = row_.query + first_ * in_.query.token_stride;
    pack_groups(query, in_.query.token_stride, count_, in_.sizes.D, width_, given_);
  }

  const AttentionInputs& in_;
  const Row& row_;
  AdditiveFold::Head fold_;
  int64_t width_;
  int64_t first_ = 0, count_ = 0;  // queries that are packed
  bool has_given_ = false;
  const float* raised_ = nullptr;                   // [groups, width, 4]
  float *given_ = nullptr, *given_keys_ = nullptr;  // the same, and [width, lanes], when a tile needs them
  float largest_[kQueries / kGroup] = {};           // exponents, by group of queries
};

/// For a few queries, which would not make up for the exponentials of all keys: a panel holds the keys as given.
class FewAdditiveScores {
 public:
  static constexpr int64_t kQueries = kGroup - 1, kFewerQueries = kQueries, kKeys = 128;

  FewAdditiveScores(const ForwardCall& call, const Row& row)
      : in_(call.in), row_(row), fold_(call.fold->head(row.h)), width_(call.fold->width()) {}

  static int64_t panel_keys() { return lane_count(); }
  static int64_t panel_floats(const AttentionInputs& in) { return in.sizes.D * lane_count(); }
  static int64_t query_floats(const AttentionInputs& in, int64_t) { return (in.sizes.D + kGroup) * kGroup; }

  void pack_panel(int64_t first_key, float* panel) const {
    const int64_t lanes = lane_count(), stride = in_.key.token_stride;
    turn_panel(row_.key + first_key * stride, stride, std::min(lanes, row_.Tk - first_key), in_.sizes.D, lanes, panel);
  }
  void pack_queries(int64_t first, int64_t count, float* packed) {
    packed_ = packed;
    const float* query = row_.query + first * in_.query.token_stride;
    pack_groups(query, in_.query.token_stride, count, in_.sizes.D, width_, packed);
  }
  void score(const float* panels, const Tile& tile) const {
    for (int64_t j = 0; j < tile.keys; j += lane_count(), panels += panel_floats(in_)) {
      float* scores = tile.scores + j;
      if (tile.queries == 1) {
        score_direct<1>(packed_, panels, fold_, in_.sizes.D, scores, tile.stride);
      } else if (tile.queries == 2) {
        score_direct<2>(packed_, panels, fold_, in_.sizes.D, scores, tile.stride);
      } else {
        score_direct<3>(packed_, panels, fold_, in_.sizes.D, scores, tile.stride);
      }
    }
  }

 private:
  const AttentionInputs& in_;
  const Row& row_;
  AdditiveFold::Head fold_;
  int64_t width_;
  const float* packed_ = nullptr;
};

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
