// SPDX-License-Identifier: Apache-2.0
#include "strided_buffer.hpp"

#include <bit>
#include <stdexcept>

namespace attune::testing {
namespace {

constexpr uint64_t kSentinelBits = 0x7ff8dead0000beefULL;  // a quiet NaN that no arithmetic makes
const double kSentinel = std::bit_cast<double>(kSentinelBits);

}  // namespace

StridedBuffer::StridedBuffer(int64_t tokens, int64_t heads, int64_t width, Layout layout)
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
  storage_.assign(kBefore + extent + kBefore, kSentinel);
}

void StridedBuffer::fill(const std::function<double()>& next) {
  for (double* place : places()) *place = next();
}

void StridedBuffer::fill(std::span<const double> values) {
  if (static_cast<int64_t>(values.size()) != size()) throw std::logic_error("StridedBuffer::fill: wrong count");
  size_t n = 0;
  fill([&] { return values[n++]; });
}

std::vector<double*> StridedBuffer::places() {
  std::vector<double*> result;
  for (int64_t token = 0; token < tokens_; ++token) {
    for (int64_t head = 0; head < heads_; ++head) {
      for (int64_t w = 0; w < width_; ++w) result.push_back(&at(token, head, w));
    }
  }
  return result;
}

std::vector<double> StridedBuffer::values() const {
  std::vector<double> result;
  for (const double* place : const_cast<StridedBuffer*>(this)->places()) result.push_back(*place);
  return result;
}

bool StridedBuffer::rest_untouched() const {
  StridedBuffer copy = *this;
  for (double* place : copy.places()) *place = kSentinel;
  for (const double number : copy.storage_) {
    if (std::bit_cast<uint64_t>(number) != kSentinelBits) return false;
  }
  return true;
}

}  // namespace attune::testing
