// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace attune {

/// Numbers, float or double, borrowed from the caller; read as double.
class Numbers {
 public:
  Numbers(std::span<const float> values) : floats_(values) {}       // NOLINT: meant to convert
  Numbers(std::span<const double> values) : doubles_(values) {}     // NOLINT: meant to convert
  Numbers(const std::vector<float>& values) : floats_(values) {}    // NOLINT: meant to convert
  Numbers(const std::vector<double>& values) : doubles_(values) {}  // NOLINT: meant to convert

  [[nodiscard]] size_t size() const { return floats_.size() + doubles_.size(); }
  [[nodiscard]] double operator[](size_t i) const {
    return doubles_.empty() ? static_cast<double>(floats_[i]) : doubles_[i];
  }

 private:
  std::span<const float> floats_;
  std::span<const double> doubles_;
};

}  // namespace attune
