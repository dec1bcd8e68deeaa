// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// Which instructions the kernels use. Chosen once, by the processor; the environment variable ATTUNE_FORCE_ISA names
/// another that the processor has.
namespace attune::cpu {

/// "avx512", "avx2", "sse4", "neon", ..: those that were compiled and that this processor has, the widest first.
[[nodiscard]] std::vector<std::string> supported_isas();

/// The one in use. @throws UsageError when ATTUNE_FORCE_ISA names none of supported_isas().
[[nodiscard]] std::string isa();

/// Uses another one from now on, whatever ATTUNE_FORCE_ISA says; for tests and benchmarks, and not while a kernel is at
/// work. @throws UsageError unless it is one of supported_isas().
void force_isa(const std::string& name);

}  // namespace attune::cpu
