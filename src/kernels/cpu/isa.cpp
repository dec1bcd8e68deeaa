// SPDX-License-Identifier: Apache-2.0
#include "attune/kernels/cpu/isa.hpp"

#include <cstdlib>

#include <hwy/highway.h>
#include <hwy/targets.h>
#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "cpu/choose_isa.hpp"

namespace attune::cpu {
namespace {

struct Isa {
  const char* name;
  int64_t target;
};
// The widest first.
constexpr Isa kIsas[] = {{"avx512", HWY_AVX3}, {"avx2", HWY_AVX2}, {"sse4", HWY_SSE4}, {"neon", HWY_NEON}};

/// Of the processor; asked for before anything is forced, which changes what Highway says.
int64_t available() {
  static const int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
  return targets;
}

void use(const std::string& name, const std::string& who) {
  for (const auto& isa : kIsas) {
    if (name != isa.name || (available() & isa.target) == 0) continue;
    hwy::SetSupportedTargetsForTest(isa.target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    return;
  }
  throw UsageError(who + ": expected one of " + listed(supported_isas(), "or") +
                   ", which this processor has; found \"" + name + "\"");
}

}  // namespace

std::vector<std::string> supported_isas() {
  std::vector<std::string> names;
  for (const auto& isa : kIsas) {
    if ((available() & isa.target) != 0) names.emplace_back(isa.name);
  }
  return names;
}

void choose_isa() {
  static const bool chosen = [] {
    const char* forced = std::getenv("ATTUNE_FORCE_ISA");
    if (forced != nullptr && *forced != 0) use(forced, "ATTUNE_FORCE_ISA");
    return true;
  }();
  (void)chosen;
}

std::string isa() {
  choose_isa();
  return used_isa();
}

void force_isa(const std::string& name) {
  choose_isa();  // once: what is forced here stays
  use(name, "force_isa");
}

}  // namespace attune::cpu
