// SPDX-License-Identifier: Apache-2.0
// The small matrix products of attention, with as many sums in registers as there are. Included once per instruction
// set.
#if defined(ATTUNE_CPU_PRODUCT_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_PRODUCT_INL
#undef ATTUNE_CPU_PRODUCT_INL
#else
#define ATTUNE_CPU_PRODUCT_INL
#endif

#include <cstdint>

#include <hwy/highway.h>
#include "cpu/math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Vectors a panel of products is wide. With 6 rows that is 24 sums of 32 registers, or 12 of 16: the rest holds what
/// is multiplied.
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
constexpr int kPanelVectors = 4;
#else
constexpr int kPanelVectors = 2;
#endif
constexpr int kProductRows = 6;

HWY_INLINE int64_t lane_count() { return static_cast<int64_t>(hn::Lanes(Lanes())); }
/// Keys in a panel of products.
HWY_INLINE int64_t panel_lanes() { return kPanelVectors * lane_count(); }

/// out [kRows, panel] = rows [kRows, width] times panel [width, panel lanes].
template <int kRows>
HWY_INLINE void multiply_panel_rows(const float* rows, int64_t stride, const float* panel, int64_t width, float* out,
                                    int64_t out_stride) {
  const Lanes d;
  const int64_t lanes = lane_count();
  Vec sums[kRows][kPanelVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kPanelVectors; ++c) sums[r][c] = hn::Zero(d);
  }
  for (int64_t f = 0; f < width; ++f, panel += kPanelVectors * lanes) {
    Vec keys[kPanelVectors];
    for (int c = 0; c < kPanelVectors; ++c) keys[c] = hn::Load(d, panel + c * lanes);
    for (int r = 0; r < kRows; ++r) {
      const Vec x = hn::Set(d, rows[r * stride + f]);
      for (int c = 0; c < kPanelVectors; ++c) sums[r][c] = hn::MulAdd(x, keys[c], sums[r][c]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kPanelVectors; ++c) hn::Store(sums[r][c], d, out + r * out_stride + c * lanes);
  }
}

/// The same for any number of rows.
HWY_INLINE void multiply_panel(const float* rows, int64_t stride, int64_t count, const float* panel, int64_t width,
                               float* out, int64_t out_stride) {
  int64_t r = 0;
  for (; r + kProductRows <= count; r += kProductRows)
    multiply_panel_rows<kProductRows>(rows + r * stride, stride, panel, width, out + r * out_stride, out_stride);
  rows += r * stride, out += r * out_stride;
  switch (count - r) {
    case 5:
      return multiply_panel_rows<5>(rows, stride, panel, width, out, out_stride);
    case 4:
      return multiply_panel_rows<4>(rows, stride, panel, width, out, out_stride);
    case 3:
      return multiply_panel_rows<3>(rows, stride, panel, width, out, out_stride);
    case 2:
      return multiply_panel_rows<2>(rows, stride, panel, width, out, out_stride);
    case 1:
      return multiply_panel_rows<1>(rows, stride, panel, width, out, out_stride);
    default:
      return;
  }
}

/// What becomes of that which is in the sums already.
struct Before {
  bool kept = true;                ///< false: the sums begin at 0
  const float* factors = nullptr;  ///< one a row, multiplied onto what is kept; null: 1
};

/// sums [kRows, kVectors] = before * sums + weights [kRows, count] times vectors [count, ..]. `row_step` and
/// `vector_step` tell how the weights lie: (stride, 1) multiplies by them, (1, stride) by them turned over.
///
/// @tparam Last Whole or Part: what there is of the last vector
template <int kRows, int kVectors, class Last>
HWY_INLINE void add_weighted_columns(const float* weights, int64_t row_step, int64_t vector_step, const float* vectors,
                                     int64_t stride, int64_t count, const Last& last, Before before, float* sums,
                                     int64_t sums_stride) {
  const Lanes d;
  const int64_t lanes = lane_count();
  const Whole whole;
  Vec acc[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kVectors; ++c) {
      const float* at = sums + r * sums_stride + c * lanes;
      acc[r][c] = !before.kept ? hn::Zero(d) : c + 1 < kVectors ? whole.load(at) : last.load(at);
      if (before.factors != nullptr) acc[r][c] = hn::Mul(hn::Set(d, before.factors[r]), acc[r][c]);
    }
  }
#pragma GCC unroll 2  // a tenth faster
  for (int64_t j = 0; j < count; ++j, vectors += stride, weights += vector_step) {
    Vec v[kVectors];
    for (int c = 0; c < kVectors; ++c)
      v[c] = c + 1 < kVectors ? whole.load(vectors + c * lanes) : last.load(vectors + c * lanes);
    for (int r = 0; r < kRows; ++r) {
      const Vec w = hn::Set(d, weights[r * row_step]);
      for (int c = 0; c < kVectors; ++c) acc[r][c] = hn::MulAdd(w, v[c], acc[r][c]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kVectors; ++c) {
      float* at = sums + r * sums_stride + c * lanes;
      if (c + 1 < kVectors) {
        whole.store(acc[r][c], at);
      } else {
        last.store(acc[r][c], at);
      }
    }
  }
}

/// Weights [rows, count] and vectors [count, width] of a weighted sum, and where it is added up.
struct WeightedSum {
  const float* weights;
  int64_t row_step, vector_step;
  const float* vectors;
  int64_t stride, count, width;
  float* sums;
  int64_t sums_stride;
};

template <int kRows, int kVectors>
HWY_INLINE void add_weighted_rows(const WeightedSum& w, int64_t row, int64_t column, int64_t tail, Before before) {
  const float* weights = w.weights + row * w.row_step;
  float* sums = w.sums + row * w.sums_stride + column;
  if (before.factors != nullptr) before.factors += row;
  if (tail == lane_count()) {
    add_weighted_columns<kRows, kVectors>(weights, w.row_step, w.vector_step, w.vectors + column, w.stride, w.count,
                                          Whole(), before, sums, w.sums_stride);
  } else {
    add_weighted_columns<kRows, kVectors>(weights, w.row_step, w.vector_step, w.vectors + column, w.stride, w.count,
                                          Part(tail), before, sums, w.sums_stride);
  }
}

template <int kVectors>
HWY_INLINE void add_weighted_column(const WeightedSum& w, int64_t rows, int64_t column, int64_t tail, Before before) {
  // One narrow column has few sums a row: more rows at once hide the multiply-add's latency.
  constexpr int kRows = kVectors == 1 ? 2 * kProductRows : kProductRows;
  int64_t r = 0;
  for (; r + kRows <= rows; r += kRows) add_weighted_rows<kRows, kVectors>(w, r, column, tail, before);
  for (; r + 4 <= rows; r += 4) add_weighted_rows<4, kVectors>(w, r, column, tail, before);
  for (; r < rows; ++r) add_weighted_rows<1, kVectors>(w, r, column, tail, before);
}

/// sums [rows, width] = before * sums + weights [rows, count] times vectors [count, width].
HWY_INLINE void add_weighted(const WeightedSum& w, int64_t rows, Before before) {
  const int64_t lanes = lane_count(), wide = kPanelVectors * lanes;
  int64_t column = 0;
  for (; column + wide <= w.width; column += wide) add_weighted_column<kPanelVectors>(w, rows, column, lanes, before);
  for (; column + 2 * lanes <= w.width && kPanelVectors > 2; column += 2 * lanes)
    add_weighted_column<2>(w, rows, column, lanes, before);
  for (; column + lanes <= w.width; column += lanes) add_weighted_column<1>(w, rows, column, lanes, before);
  if (column < w.width) add_weighted_column<1>(w, rows, column, w.width - column, before);
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
