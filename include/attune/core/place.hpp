// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace attune {

/// Where in the original cell a token came from. The feature that made it knows how to read it: for text, characters
/// (code points) [begin, end); for numbers, begin is the column's number within the feature.
struct Place {
  int32_t begin = 0;
  int32_t end = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

/// A place in a row: which input, and where in its cells.
struct InputPlace {
  int32_t input = 0;
  Place place;
  friend bool operator==(const InputPlace&, const InputPlace&) = default;
};

}  // namespace attune
