// SPDX-License-Identifier: Apache-2.0
#include "strided_buffer.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace attune::testing {
namespace {

// Quiet NaNs that no arithmetic makes.
template <class Number>
const Number kSentinel;
template <>
const double kSentinel<double> = std::bit_cast<double>(uint64_t{0x7ff8dead0000beef});
template <>
const float kSentinel<float> = std::bit_cast<float>(uint32_t{0x7fc0beef});

template <class Number>
bool is_sentinel(const Number& number) {
  return std::memcmp(&number, &kSentinel<Number>, sizeof(Number)) == 0;
}

}  // namespace

template <class Number>
BasicStridedBuffer<Number>::BasicStridedBuffer(int64_t tokens, int64_t heads, int64_t width, Layout layout)
    : tokens_(tokens), heads_(heads), width_(width), token_stride_(heads * width), head_stride_(width) {
  if (layout == Layout::kGapped) {
    head_stride_ = width + 2;
    token_stride_ = heads * head_stride_ + 3;
  }
  if (layout == Layout::kHeadsFirst) {
    token_stride_ = width + 1;
    head_stride_ = tokens * token_stride_ + 5;
  }
  const int64_t extent = tokens * token_stride_ + heads * head_stride_;
  storage_.assign(kBefore + extent + kBefore, kSentinel<Number>);
}

template <class Number>
void BasicStridedBuffer<Number>::fill(const std::function<Number()>& next) {
  for (Number* place : places()) *place = next();
}

template <class Number>
void BasicStridedBuffer<Number>::fill(std::span<const Number> values) {
  if (static_cast<int64_t>(values.size()) != size()) throw std::logic_error("StridedBuffer::fill: wrong count");
  size_t n = 0;
  fill([&] { return values[n++]; });
}

template <class Number>
std::vector<Number*> BasicStridedBuffer<Number>::places() {
  std::vector<Number*> result;
  for (int64_t token = 0; token < tokens_; ++token) {
    for (int64_t head = 0; head < heads_; ++head) {
      for (int64_t w = 0; w < width_; ++w) result.push_back(&at(token, head, w));
    }
  }
  return result;
}

template <class Number>
std::vector<Number> BasicStridedBuffer<Number>::values() const {
  std::vector<Number> result;
  for (const Number* place : const_cast<BasicStridedBuffer*>(this)->places()) result.push_back(*place);
  return result;
}

template <class Number>
bool BasicStridedBuffer<Number>::rest_untouched() const {
  BasicStridedBuffer copy = *this;
  for (Number* place : copy.places()) *place = kSentinel<Number>;
  return std::all_of(copy.storage_.begin(), copy.storage_.end(), is_sentinel<Number>);
}

template class BasicStridedBuffer<double>;
template class BasicStridedBuffer<float>;

}  // namespace attune::testing
