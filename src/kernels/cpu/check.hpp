// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/kernels/cpu/attention.hpp"

namespace attune::cpu {

/// @throws ShapeError, UsageError naming the argument.
void check(const AttentionInputs& in);
void check_given(bool given, const char* name, const char* shape);

}  // namespace attune::cpu
