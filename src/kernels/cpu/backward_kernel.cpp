// SPDX-License-Identifier: Apache-2.0
#include "cpu/backward.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/backward_kernel.cpp"
#include <hwy/foreach_target.h>
// clang-format off
#include "cpu/additive_gradients-inl.hpp"
#include "cpu/backward-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {

const BackwardKernel* choose_backward(Score score, int64_t queries) {
  static const BackwardKernel dot = make_backward_kernel<DotGradients>();
  static const BackwardKernel additive = make_backward_kernel<AdditiveGradients<AdditiveScores>>();
  static const BackwardKernel few_additive = make_backward_kernel<AdditiveGradients<FewAdditiveScores>>();
  if (score == Score::kScaledDot) return &dot;
  return queries <= FewAdditiveScores::kQueries ? &few_additive : &additive;
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attune::cpu {

HWY_EXPORT(choose_backward);

const BackwardKernel& backward_kernel(Score score, int64_t queries) {
  return *HWY_DYNAMIC_DISPATCH(choose_backward)(score, queries);
}

}  // namespace attune::cpu
#endif
