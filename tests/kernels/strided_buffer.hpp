// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "attune/kernels/reference/attention.hpp"

namespace attune::testing {

enum class Layout {
  kContiguous,
  kGapped,      ///< [tokens, heads, width] with unused numbers after every head and every token
  kHeadsFirst,  ///< [heads, tokens, width] with unused numbers after every token and every head
};

/// [tokens, heads, width] numbers. All others (gaps, and some before and after) hold one particular NaN: read by
/// mistake it spoils the result, written by mistake it is gone. The data are never aligned to more than one number.
class StridedBuffer {
 public:
  StridedBuffer() : StridedBuffer(0, 1, 1) {}
  StridedBuffer(int64_t tokens, int64_t heads, int64_t width, Layout layout = Layout::kContiguous);

  double& at(int64_t token, int64_t head = 0, int64_t w = 0) { return storage_[place(token, head, w)]; }
  double at(int64_t token, int64_t head = 0, int64_t w = 0) const { return storage_[place(token, head, w)]; }

  double* data() { return storage_.data() + kBefore; }
  const double* data() const { return storage_.data() + kBefore; }
  reference::HeadArray<double> array() { return {data(), token_stride_, head_stride_}; }
  reference::HeadArray<const double> view() const { return {data(), token_stride_, head_stride_}; }

  void fill(const std::function<double()>& next);
  void fill(std::span<const double> values);

  int64_t size() const { return tokens_ * heads_ * width_; }
  /// By token, head, number.
  std::vector<double> values() const;
  /// Addresses in the order of values().
  std::vector<double*> places();
  /// Nothing but the [tokens, heads, width] numbers was ever written.
  bool rest_untouched() const;

 private:
  static constexpr int64_t kBefore = 7;
  int64_t place(int64_t token, int64_t head, int64_t w) const {
    return kBefore + token * token_stride_ + head * head_stride_ + w;
  }

  int64_t tokens_, heads_, width_, token_stride_, head_stride_;
  std::vector<double> storage_;
};

}  // namespace attune::testing
