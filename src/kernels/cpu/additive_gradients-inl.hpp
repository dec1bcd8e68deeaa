// SPDX-License-Identifier: Apache-2.0
// From the gradients of additive scores to those of queries, keys and u. With r = 1 / (1 + e^(2 sign (a + b))):
//
//   tanh(a + b)     = sign (1 - 2 r)
//   1 - tanh(..)^2  = 4 r (1 - r)
//   d_a, d_b       += d_score u 4 r (1 - r)
//   d_u            += d_score sign (1 - 2 r)
//
// Lanes are features: the sums over keys, over queries and over both all grow in place, and none has to be added up
// across lanes. The exponential is a product as in the scores, under the same rule of range.
//
// Included once per instruction set.
#if defined(ATTUNE_CPU_ADDITIVE_GRADIENTS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_ADDITIVE_GRADIENTS_INL
#undef ATTUNE_CPU_ADDITIVE_GRADIENTS_INL
#else
#define ATTUNE_CPU_ADDITIVE_GRADIENTS_INL
#endif

#include "cpu/additive_scores-inl.hpp"
#include "cpu/backward.hpp"
#include "cpu/dot_gradients-inl.hpp"
#include "cpu/round_up.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// A vector of features of some queries and of all keys of a tile.
struct PairColumn {
  const float* queries;  ///< factors, or exponents in units of ln 2; `stride` apart, likewise the others
  const float* keys;
  const float* d_scores;  ///< [queries, d_stride]
  int64_t stride, d_stride, count;
  float* d_queries;  ///< of r (1 - r) d_score
  float* d_keys;
  float* d_u;  ///< of r d_score
};

template <bool kFactored>
HWY_INLINE Vec complement_of(Vec query, Vec key) {
  const Lanes d;
  if constexpr (kFactored) return reciprocal(at_most(1e30F, hn::MulAdd(query, key, hn::Set(d, 1.0F))));
  return half_complement_of_tanh(hn::Add(query, key));
}

template <int kRows, bool kFactored>
HWY_INLINE void add_pairs(const PairColumn& p) {
  const Lanes d;
  Vec queries[kRows], d_queries[kRows];
  for (int i = 0; i < kRows; ++i) {
    queries[i] = hn::Load(d, p.queries + i * p.stride);
    d_queries[i] = hn::Load(d, p.d_queries + i * p.stride);
  }
  Vec d_u[2] = {hn::Zero(d), hn::Zero(d)};  // two, since each is added to once a pair
  for (int64_t j = 0; j < p.count; ++j) {
    const Vec key = hn::Load(d, p.keys + j * p.stride);
    Vec d_key = hn::Load(d, p.d_keys + j * p.stride);
    for (int i = 0; i < kRows; ++i) {
      const Vec r = complement_of<kFactored>(queries[i], key);
      const Vec of_u = hn::Mul(r, hn::Set(d, p.d_scores[i * p.d_stride + j]));
      const Vec of_pair = hn::NegMulAdd(of_u, r, of_u);
      d_u[i % 2] = hn::Add(d_u[i % 2], of_u);
      d_queries[i] = hn::Add(d_queries[i], of_pair);
      d_key = hn::Add(d_key, of_pair);
    }
    hn::Store(d_key, d, p.d_keys + j * p.stride);
  }
  for (int i = 0; i < kRows; ++i) hn::Store(d_queries[i], d, p.d_queries + i * p.stride);
  hn::Store(hn::Add(hn::Load(d, p.d_u), hn::Add(d_u[0], d_u[1])), d, p.d_u);
}

template <bool kFactored>
HWY_INLINE void add_pairs(PairColumn p, int64_t queries) {
  constexpr int kRows = 8;
  const auto advance = [&p](int64_t rows) HWY_ATTR {
    p.queries += rows * p.stride, p.d_queries += rows * p.stride, p.d_scores += rows * p.d_stride;
  };
  for (; queries >= kRows; queries -= kRows, advance(kRows)) add_pairs<kRows, kFactored>(p);
  for (; queries >= 3; queries -= 3, advance(3)) add_pairs<3, kFactored>(p);
  for (; queries >= 1; queries -= 1, advance(1)) add_pairs<1, kFactored>(p);
}

/// out [stride] = 2 sign x [A], or its exponential; returns the largest |2 x|.
HWY_INLINE float pair_row(const float* x, int64_t A, const AdditiveFold::Head& fold, bool raised, float* out) {
  const Lanes d;
  const int64_t lanes = lane_count();
  Vec largest = hn::Zero(d);
  for (int64_t f = 0; f < A; f += lanes) {
    const Vec given = f + lanes <= A ? Whole().load(x + f) : Part(A - f).load(x + f);
    const Vec exponent = hn::Mul(given, hn::Mul(hn::LoadU(d, fold.sign + f), hn::Set(d, 2.0F)));
    largest = largest_size(largest, exponent);
    hn::Store(raised ? exp(exponent) : hn::Mul(exponent, hn::Set(d, kLog2E)), d, out + f);
  }
  return hn::GetLane(hn::MaxOfLanes(d, largest));
}

/// to [A] += 4 u sums
HWY_INLINE void add_times_four_u(const float* sums, const AdditiveFold::Head& fold, int64_t A, float* to) {
  const Lanes d;
  const int64_t lanes = lane_count();
  const auto sum_at = [&](int64_t f, Vec before) HWY_ATTR {
    return hn::MulAdd(hn::Load(d, sums + f), hn::Mul(hn::LoadU(d, fold.u + f), hn::Set(d, 4.0F)), before);
  };
  int64_t f = 0;
  for (; f + lanes <= A; f += lanes) Whole().store(sum_at(f, Whole().load(to + f)), to + f);
  const Part rest(A - f);
  if (f < A) rest.store(sum_at(f, rest.load(to + f)), to + f);
}

template <class PairScores>
class AdditiveGradients {
 public:
  using Scores = PairScores;
  static constexpr int64_t kQueries = PairScores::kQueries;
  /// Queries and keys, and the sums of both; and of u.
  static int64_t scratch_floats(const AttentionInputs& in, int64_t tile_keys) {
    return stride_of(in) * (2 * round_up(kQueries, kGroup) + 2 * tile_keys + 1);
  }

  AdditiveGradients(const BackwardCall& call, const Row& row, const Tile& keys, GradientRows d_query,
                    GradientRows d_key, float* d_u, float* scratch)
      : in_(call.scores.in),
        row_(row),
        fold_(call.scores.fold->head(row.h)),
        stride_(stride_of(in_)),
        d_query_(d_query),
        d_key_(d_key),
        d_u_(d_u),
        queries_(scratch),
        d_queries_(queries_ + stride_ * round_up(kQueries, kGroup)),
        keys_(d_queries_ + stride_ * round_up(kQueries, kGroup)),
        d_keys_(keys_ + stride_ * keys.stride),
        u_sums_(d_keys_ + stride_ * keys.stride) {
    std::fill_n(d_keys_, stride_ * keys.keys, 0.0F);
    std::fill_n(u_sums_, stride_, 0.0F);
    raise_keys(keys, /*raised=*/true);
  }

  static float factor(const AttentionInputs&) { return 1; }

  void add(const Scores&, const Tile& tile) {
    const bool factored = is_factorable(raise_queries(tile, /*raised=*/true), largest_key_);
    if (!factored) {
      raise_queries(tile, /*raised=*/false);
      raise_keys(tile, /*raised=*/false);
    }
    std::fill_n(d_queries_, stride_ * tile.queries, 0.0F);
    for (int64_t f = 0; f < in_.sizes.D; f += lane_count()) {
      const PairColumn column{queries_ + f, keys_ + f,      tile.scores, stride_,    tile.stride,
                              tile.keys,    d_queries_ + f, d_keys_ + f, u_sums_ + f};
      if (factored) {
        add_pairs<true>(column, tile.queries);
      } else {
        add_pairs<false>(column, tile.queries);
      }
    }
    if (!factored) raise_keys(tile, /*raised=*/true);
    for (int64_t i = 0; i < tile.queries; ++i) add_query(tile, i);
  }

  void finish(const Tile& keys) {
    for (int64_t j = 0; j < keys.keys && d_key_.data != nullptr; ++j)
      add_times_four_u(d_keys_ + j * stride_, fold_, in_.sizes.D, d_key_.data + j * d_key_.stride);
    for (int64_t f = 0; f < in_.sizes.D; ++f) d_u_[f] += fold_.sign[f] * (d_score_sum_ - 2 * u_sums_[f]);
  }

 private:
  static int64_t stride_of(const AttentionInputs& in) { return round_up(in.sizes.D, 16); }

  void add_query(const Tile& tile, int64_t i) {
    float sum = 0;
    for (int64_t j = 0; j < tile.keys; ++j) sum += tile.scores[i * tile.stride + j];
    d_score_sum_ += sum;
    if (d_query_.data == nullptr) return;
    add_times_four_u(d_queries_ + i * stride_, fold_, in_.sizes.D,
                     d_query_.data + (tile.first_query + i) * d_query_.stride);
  }

  float raise_queries(const Tile& tile, bool raised) {
    float largest = 0;
    for (int64_t i = 0; i < tile.queries; ++i) {
      const float* query = row_.query + (tile.first_query + i) * in_.query.token_stride;
      largest = std::max(largest, pair_row(query, in_.sizes.D, fold_, raised, queries_ + i * stride_));
    }
    return largest;
  }
  void raise_keys(const Tile& tile, bool raised) {
    largest_key_ = 0;
    for (int64_t j = 0; j < tile.keys; ++j) {
      const float* key = row_.key + (tile.first_key + j) * in_.key.token_stride;
      largest_key_ = std::max(largest_key_, pair_row(key, in_.sizes.D, fold_, raised, keys_ + j * stride_));
    }
  }

  const AttentionInputs& in_;
  const Row& row_;
  AdditiveFold::Head fold_;
  int64_t stride_;
  GradientRows d_query_, d_key_;
  float* d_u_;
  float *queries_, *d_queries_, *keys_, *d_keys_, *u_sums_;  // [.., stride]
  float largest_key_ = 0, d_score_sum_ = 0;
};

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
