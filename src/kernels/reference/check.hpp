// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/kernels/reference/attention.hpp"
#include "attune/kernels/reference/split_attention.hpp"

namespace attune::reference {

/// Refuses what has no meaning, before any pointer is followed. @throws ShapeError, UsageError.
void check(const AttentionInputs& in);
void check(const SplitInputs& in);

/// @throws UsageError naming the array and its shape, unless given.
void check_given(bool given, const char* name, const char* shape, const char* caller);

}  // namespace attune::reference
