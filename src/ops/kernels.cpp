// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/kernels.hpp"

#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune {

std::vector<std::string> kernel_names() { return {"automatic", "fused", "composed"}; }

Kernels parse_kernels(std::string_view name) {
  const auto names = kernel_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw UsageError("unknown kernels \"" + std::string(name) + "\"" + suggestion(std::string(name), names));
  return static_cast<Kernels>(found - names.begin());
}

}  // namespace attune
