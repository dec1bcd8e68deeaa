// SPDX-License-Identifier: Apache-2.0
#include "cpu/forward.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/forward_kernel.cpp"
#include <hwy/foreach_target.h>
// clang-format off
#include "cpu/additive_scores-inl.hpp"
#include "cpu/dot_scores-inl.hpp"
#include "cpu/forward-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {

const ForwardKernel* choose_forward(Score score, int64_t queries) {
  static const ForwardKernel dot = make_forward_kernel<DotScores>();
  static const ForwardKernel additive = make_forward_kernel<AdditiveScores>();
  static const ForwardKernel few_additive = make_forward_kernel<FewAdditiveScores>();
  if (score == Score::kScaledDot) return &dot;
  return queries <= FewAdditiveScores::kQueries ? &few_additive : &additive;
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attune::cpu {

HWY_EXPORT(choose_forward);

const ForwardKernel& forward_kernel(Score score, int64_t queries) {
  return *HWY_DYNAMIC_DISPATCH(choose_forward)(score, queries);
}

}  // namespace attune::cpu
#endif
