// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "strided_buffer.hpp"

namespace attune::testing {

/// The forms of HeadArray.
enum class Form {
  kPacked,
  kDenseTokens,  ///< [B, longest, heads, width]
  kDenseHeads,   ///< [B, heads, longest, width]
};

/// Some rows of [length, heads, width] floats in one form. All other numbers are sentinels, as in FloatBuffer; in a
/// dense form also those of positions beyond a row's length, and the longest row has one of them.
class CpuArray {
 public:
  CpuArray(const std::vector<int64_t>& offsets, int64_t heads, int64_t width, Form form = Form::kPacked,
           Layout layout = Layout::kContiguous);

  HeadArray<float> array();
  HeadArray<const float> view() const;

  float& at(int64_t row, int64_t position, int64_t head, int64_t w) {
    return *(array().at(offsets_.data(), row, position, head) + w);
  }
  /// By row, position, head, number, whatever the form.
  std::vector<float*> places();
  std::vector<float> values() const;
  /// Each number, in the order of places().
  void fill(const std::vector<double>& numbers);
  /// Nothing but the rows' own numbers was ever written.
  bool rest_untouched() const;

 private:
  static FloatBuffer make_buffer(const std::vector<int64_t>& offsets, int64_t heads, int64_t width, Form form,
                                 Layout layout);

  std::vector<int64_t> offsets_;
  int64_t heads_, width_, row_places_;
  Form form_;
  FloatBuffer buffer_, untouched_;
};

}  // namespace attune::testing
