// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace attune::cpu {

/// Before the first kernel: heeds ATTUNE_FORCE_ISA, once. @throws UsageError, each time it is called.
void choose_isa();

/// What the instructions chosen say of themselves.
[[nodiscard]] const char* used_isa();

}  // namespace attune::cpu
