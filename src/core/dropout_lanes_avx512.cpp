// SPDX-License-Identifier: Apache-2.0
#include "dropout_lanes.hpp"

namespace attune {

void fill_groups_avx512(const Dropout& dropout, uint64_t first, uint64_t count, float* out) {
  fill_groups(dropout, first, count, out);
}

}  // namespace attune
