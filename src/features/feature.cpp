// SPDX-License-Identifier: Apache-2.0
#include "attune/features/feature.hpp"

namespace attune {

int64_t InputFeature::truncated_units(std::span<const std::string_view> /*cells*/) const { return 0; }

}  // namespace attune
