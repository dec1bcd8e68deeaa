// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "attune/core/place.hpp"

namespace attune {

/// A ragged run of ids per row: row b owns ids[offsets[b]] .. ids[offsets[b + 1] - 1].
/// A token may have further ids (n-grams, say): token t owns further[further_offsets[t]] ..; without any,
/// further_offsets is empty.
struct Ids {
  std::vector<int64_t> offsets{0};       // [B+1]
  std::vector<int64_t> ids;              // [N]
  std::vector<Place> places;             // [N]
  std::vector<int64_t> further_offsets;  // [N+1] or empty
  std::vector<int64_t> further;          // [M]
};

/// One number per column: values[b * columns + c], NaN where missing.
struct Scalars {
  int64_t columns = 0;
  std::vector<float> values;  // [B, columns]
};

/// What an input feature hands on for the rows of a batch.
using Encoding = std::variant<Ids, Scalars>;

/// What an output feature hands on: a class number per row (-1: a label never seen in training), or a scaled number.
using ClassTargets = std::vector<int64_t>;
using ValueTargets = std::vector<double>;
using Targets = std::variant<ClassTargets, ValueTargets>;

}  // namespace attune
