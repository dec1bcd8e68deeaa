// SPDX-License-Identifier: Apache-2.0
#include "cpu/choose_isa.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/used_isa.cpp"
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {

const char* name_of_target() {
#if HWY_TARGET == HWY_AVX3
  return "avx512";
#elif HWY_TARGET == HWY_AVX2
  return "avx2";
#elif HWY_TARGET == HWY_SSE4
  return "sse4";
#elif HWY_TARGET == HWY_NEON
  return "neon";
#else
  return hwy::TargetName(HWY_TARGET);
#endif
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attune::cpu {

HWY_EXPORT(name_of_target);

const char* used_isa() { return HWY_DYNAMIC_DISPATCH(name_of_target)(); }

}  // namespace attune::cpu
#endif
