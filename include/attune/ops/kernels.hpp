// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attune {

/// Which code computes attention. All give the same results within rounding.
enum class Kernels {
  kAutomatic,  ///< "automatic": fused where they can, see fused_kernel_refusals()
  kFused,     ///< "fused": one pass in O(T) memory (attune/kernels/cpu/attention.hpp), differentiable once; a call that
              ///< they cannot do is refused
  kComposed,  ///< "composed": LibTorch's operations one after the other: O(Tq Tk) memory, any type, differentiable any
              ///< number of times
};

/// By the order of Kernels.
[[nodiscard]] std::vector<std::string> kernel_names();
/// @throws UsageError for another name.
[[nodiscard]] Kernels parse_kernels(std::string_view name);

}  // namespace attune
