// SPDX-License-Identifier: Apache-2.0
#include "cpu_array.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace attune::testing {
namespace {

int64_t rows_of(const std::vector<int64_t>& offsets) { return static_cast<int64_t>(offsets.size()) - 1; }

int64_t places_of_a_row(const std::vector<int64_t>& offsets) {
  int64_t longest = 0;
  for (size_t b = 0; b + 1 < offsets.size(); ++b) longest = std::max(longest, offsets[b + 1] - offsets[b]);
  return longest + 1;
}

}  // namespace

FloatBuffer CpuArray::make_buffer(const std::vector<int64_t>& offsets, int64_t heads, int64_t width, Form form,
                                  Layout layout) {
  const int64_t dense = rows_of(offsets) * places_of_a_row(offsets);
  if (form == Form::kDenseHeads) return {dense * heads, 1, width, layout};
  return {form == Form::kPacked ? offsets.back() : dense, heads, width, layout};
}

CpuArray::CpuArray(const std::vector<int64_t>& offsets, int64_t heads, int64_t width, Form form, Layout layout)
    : offsets_(offsets),
      heads_(heads),
      width_(width),
      row_places_(places_of_a_row(offsets)),
      form_(form),
      buffer_(make_buffer(offsets, heads, width, form, layout)),
      untouched_(buffer_) {}

HeadArray<float> CpuArray::array() {
  HeadArray<float> array = buffer_.array();
  if (form_ == Form::kDenseTokens) array.row_stride = row_places_ * array.token_stride;
  if (form_ == Form::kDenseHeads) {
    array.head_stride = row_places_ * array.token_stride;
    array.row_stride = heads_ * array.head_stride;
  }
  return array;
}

HeadArray<const float> CpuArray::view() const {
  const HeadArray<float> array = const_cast<CpuArray*>(this)->array();
  return {array.data, array.token_stride, array.head_stride, array.row_stride};
}

std::vector<float*> CpuArray::places() {
  std::vector<float*> result;
  for (int64_t b = 0; b < rows_of(offsets_); ++b) {
    for (int64_t i = 0; i < offsets_[b + 1] - offsets_[b]; ++i) {
      for (int64_t h = 0; h < heads_; ++h) {
        for (int64_t w = 0; w < width_; ++w) result.push_back(&at(b, i, h, w));
      }
    }
  }
  return result;
}

std::vector<float> CpuArray::values() const {
  std::vector<float> result;
  for (const float* place : const_cast<CpuArray*>(this)->places()) result.push_back(*place);
  return result;
}

void CpuArray::fill(const std::vector<double>& numbers) {
  const auto all = places();
  if (all.size() != numbers.size()) throw std::logic_error("CpuArray::fill: wrong count");
  for (size_t n = 0; n < all.size(); ++n) *all[n] = static_cast<float>(numbers[n]);
}

bool CpuArray::rest_untouched() const {
  CpuArray copy = *this;
  const float sentinel = *(untouched_.data() - 1);
  for (float* place : copy.places()) *place = sentinel;
  const auto bits = [](float number) { return std::bit_cast<uint32_t>(number); };
  return buffer_.rest_untouched() && std::ranges::equal(copy.buffer_.values(), untouched_.values(), {}, bits, bits);
}

}  // namespace attune::testing
