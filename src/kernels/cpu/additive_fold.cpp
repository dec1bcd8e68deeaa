// SPDX-License-Identifier: Apache-2.0
#include "cpu/additive_fold.hpp"

#include <algorithm>
#include <cmath>

namespace attune::cpu {
namespace {

/// Makes a query's factor so small that t stays at its largest, whatever the key.
constexpr float kNoLogarithm = -200;

}  // namespace

AdditiveFold::AdditiveFold(const AttentionInputs& in)
    : A_(in.sizes.D), arrays_(static_cast<size_t>(in.sizes.H * kArrays * stride())) {
  for (int64_t h = 0; h < in.sizes.H; ++h) {
    const float* u = in.u + h * in.sizes.D;
    float* to = arrays_.data() + h * kArrays * stride();
    double sum = 0, signed_sum = 0;
    float largest = 0;
    for (int64_t f = 0; f < in.sizes.D; ++f) {
      sum += std::abs(u[f]);
      signed_sum += u[f];
      largest = std::max(largest, std::abs(u[f]));  // a NaN shows in the sum
    }
    // Features that score nothing have t at its largest, and so still take 2 largest / t off, or nothing where the
    // others' sum rounds it away: half of it is between.
    const auto without = std::count(u, u + in.sizes.D, 0.0F) + width() - in.sizes.D;
    if (without > 0) sum += static_cast<double>(without) * largest / kLargestTerm;
    for (int64_t f = 0; f < stride(); ++f) {
      const float own = f < in.sizes.D ? u[f] : 0.0F;
      const float inverse = own == 0 ? kLargestTerm : std::min(kLargestTerm, largest / std::abs(own));
      to[f] = own;
      to[stride() + f] = own < 0 ? -1.0F : 1.0F;
      to[2 * stride() + f] = inverse;
      to[3 * stride() + f] = own == 0 ? kNoLogarithm : std::log(inverse);
    }
    sums_.push_back(static_cast<float>(sum));
    signed_sums_.push_back(static_cast<float>(signed_sum));
    largest_.push_back(largest);
  }
}

AdditiveFold::Head AdditiveFold::head(int64_t h) const {
  const float* at = arrays_.data() + h * kArrays * stride();
  const auto index = static_cast<size_t>(h);
  return {at, at + stride(), at + 2 * stride(), at + 3 * stride(), sums_[index], signed_sums_[index], largest_[index]};
}

}  // namespace attune::cpu
