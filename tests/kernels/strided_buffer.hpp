// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "attune/kernels/head_array.hpp"

namespace attune::testing {

enum class Layout {
  kContiguous,
  kGapped,      ///< [tokens, heads, width] with unused numbers after every head and every token
  kHeadsFirst,  ///< [heads, tokens, width] with unused numbers after every token and every head
};

/// [tokens, heads, width] numbers. All others (gaps, and some before and after) hold one particular NaN: read by
/// mistake it spoils the result, written by mistake it is gone. The data are never aligned to more than one number.
template <class Number>
class BasicStridedBuffer {
 public:
  BasicStridedBuffer() : BasicStridedBuffer(0, 1, 1) {}
  BasicStridedBuffer(int64_t tokens, int64_t heads, int64_t width, Layout layout = Layout::kContiguous);

  Number& at(int64_t token, int64_t head = 0, int64_t w = 0) { return storage_[place(token, head, w)]; }
  Number at(int64_t token, int64_t head = 0, int64_t w = 0) const { return storage_[place(token, head, w)]; }

  Number* data() { return storage_.data() + kBefore; }
  const Number* data() const { return storage_.data() + kBefore; }
  HeadArray<Number> array() { return {data(), token_stride_, head_stride_}; }
  HeadArray<const Number> view() const { return {data(), token_stride_, head_stride_}; }

  void fill(const std::function<Number()>& next);
  void fill(std::span<const Number> values);

  int64_t size() const { return tokens_ * heads_ * width_; }
  /// By token, head, number.
  std::vector<Number> values() const;
  /// Addresses in the order of values().
  std::vector<Number*> places();
  /// Nothing but the [tokens, heads, width] numbers was ever written.
  bool rest_untouched() const;

 private:
  static constexpr int64_t kBefore = 7;
  int64_t place(int64_t token, int64_t head, int64_t w) const {
    return kBefore + token * token_stride_ + head * head_stride_ + w;
  }

  int64_t tokens_, heads_, width_, token_stride_, head_stride_;
  std::vector<Number> storage_;
};

using StridedBuffer = BasicStridedBuffer<double>;
using FloatBuffer = BasicStridedBuffer<float>;

}  // namespace attune::testing
